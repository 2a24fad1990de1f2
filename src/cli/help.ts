export const commandNames = ['start', 'check', 'client', 'new'] as const;
export type CommandName = (typeof commandNames)[number];

export const overview = `Usage: api-deploy <command> [options]

Commands:
  start          serve the functions of the apis folder, and reload them on save
  check          load every module, print errors and endpoints; exit code 1 when one fails
  client         print a typed TypeScript client, or write it to a file
  new <module>   write a commented module to start from

  api-deploy <command> --help   shows a command's options
  api-deploy --version          shows the version`;

const commonOptions = `  --apis <folder>    folder with the modules (default: apisDir of the configuration, 'apis')
  --config <file>    configuration file (default: config.ts, when there is one)
  -h, --help         show this`;

const details: Readonly<Record<CommandName, string>> = {
  start: `Usage: api-deploy start [options]

Serves every function that apiFunction() marks at POST /<module>/<function>.

Options:
  --port <number>    port to listen on (default: 8000; 0 lets the system choose)
  --host <address>   address to listen on (default: 127.0.0.1)
  --no-watch         do not reload on save; /api/reload still works
${commonOptions}`,
  check: `Usage: api-deploy check [options]

Loads every module as a start would, prints its endpoints and errors, and serves nothing.
Exit code: 0 when every module loads, 1 when one fails.

Options:
${commonOptions}`,
  client: `Usage: api-deploy client [options]

Loads every module as a start would, and prints one TypeScript file without dependencies:
a client with a typed method for each function. A running service gives it at /client.ts too.
Exit code: 0, or 1 when a module does not load; then nothing is printed or written.

Options:
  -o, --out <file>   write the file, instead of printing it; left as it is when nothing has changed
${commonOptions}`,
  new: `Usage: api-deploy new <module> [options]

Writes <apis>/<module>.ts, for example 'orders' or 'billing/invoices'. Never overwrites a file.

Options:
${commonOptions}`,
};

export function helpOf(command: CommandName): string {
  return details[command];
}
