export const commandNames = ['start', 'check', 'client', 'new', 'run', 'backup', 'restore'] as const;
export type CommandName = (typeof commandNames)[number];

export const overview = `Usage: api-deploy <command> [options]

Commands:
  start          serve the functions of the apis folder, and reload them on save
  check          load every module, print errors and endpoints; exit code 1 when one fails
  client         print a typed TypeScript client, or write it to a file
  new <module>   write a commented module to start from
  run <what>     run a scenario, or the requests of a file, and report
  backup [dir]   back up the test platform's database and files
  restore <file> put a backup back, while no service runs

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
  run: `Usage: api-deploy run <scenario | file> [options]

Runs a scenario of the test platform by its name or id, or a file: an OpenAPI or Swagger description, a
Postman or Insomnia collection, a HAR, cURL commands, or a scenario as JSON. It needs no running service.
The requests of a file run one after another and pass variables on; with --concurrency, each by itself.
A file leaves nothing in the database; a scenario leaves its run.
Exit code: 0 passed, 1 failed, 2 error or cancelled. Ctrl-C cancels, and reports what there is by then.

Options:
  --project <name>       project of the scenario, by name or id
  --env <name|file>      environment by name or id, or a JSON file with variables
  --var <name=value>     a variable, stronger than those of the environment; may be given again
  --data <file|name>     CSV or JSON with a row of variables for each iteration, or a stored dataset
  --iterations <number>  how often all is run (default: once, or once for each row)
  --concurrency <number> how much runs at a time (default: 1)
  --bail                 begin nothing new after the first failure
  --reporter <names>     console, junit, json, html, separated by commas (default: console)
  --out <path>           file for one report, folder for several (default: printed, when it is alone)
  --lang <en|zh>         language of what people read (default: en)
${commonOptions}`,
  backup: `Usage: api-deploy backup [dir] [options]

Backs up the database of the test platform with its stored files, also while the service runs. The
backup is checked before it counts. Older ones in the folder are removed as backupRetention and
backupCount say. The default folder is <dataDir>/backups.

The key file of secrets does not go with it: keep a copy of <dataDir>/platform.key elsewhere.

Options:
  --with-key         put the key file into the backup: whoever has it can then read its secrets
  --lang <en|zh>     language of what is printed (default: en)
${commonOptions}`,
  restore: `Usage: api-deploy restore <file> [options]

Checks a backup and puts it in the place of the database; what was there stays beside it, with
'.replaced-' and the time in its name. Refused while a service has the database open.

Options:
  --lang <en|zh>     language of what is printed (default: en)
${commonOptions}`,
};

export function helpOf(command: CommandName): string {
  return details[command];
}
