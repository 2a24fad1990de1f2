import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { ConfigInput } from '../config/schema.ts';
import { CommandError } from './command-error.ts';
import { commandNames, type CommandName } from './help.ts';
import { runFlags, toRunCommand, type RunFlags } from './tests/parse-run.ts';
import type { RunCommand } from './tests/run-command.ts';

export interface ConfigFlags {
  readonly configFile?: string | undefined;
  readonly overrides: Partial<ConfigInput>;
}

export type Command =
  | { readonly kind: 'help'; readonly about: CommandName | undefined }
  | { readonly kind: 'version' }
  | ({ readonly kind: 'start' | 'check' } & ConfigFlags)
  | ({ readonly kind: 'client'; readonly out?: string | undefined } & ConfigFlags)
  | ({ readonly kind: 'new'; readonly module: string } & ConfigFlags)
  | ({
      readonly kind: 'backup';
      readonly dir: string | undefined;
      readonly withKey: boolean;
      readonly lang: Language;
    } & ConfigFlags)
  | RunCommand
  | ({ readonly kind: 'restore'; readonly file: string; readonly lang: Language } & ConfigFlags);

const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

const common = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  apis: { type: 'string' },
  config: { type: 'string' },
} as const;

const start = {
  ...common,
  port: { type: 'string' },
  host: { type: 'string' },
  'no-watch': { type: 'boolean' },
} as const;

const client = { ...common, out: { type: 'string', short: 'o' } } as const;

const restore = { ...common, lang: { type: 'string' } } as const;
const backup = { ...restore, 'with-key': { type: 'boolean' } } as const;

/** @throws CommandError when a command or flag does not exist, or a value is missing */
export function parseCommand(args: readonly string[]): Command {
  const name = args.find((arg) => !arg.startsWith('-'));
  if (name !== undefined && !isCommandName(name)) {
    throw new CommandError(`there is no command '${name}'; expected ${commandNames.join(', ')}`);
  }
  const { values, positionals } = readFlags(args, name);
  if (values.version === true) return { kind: 'version' };
  if (values.help === true || name === undefined) return { kind: 'help', about: name };
  const rest = positionals.slice(1);
  if (name === 'new') return { kind: 'new', module: onlyModule(rest), ...configFlags(values) };
  if (name === 'run')
    return { ...toRunCommand(rest, values), lang: language(values), ...configFlags(values) };
  if (name === 'backup') {
    const withKey = values['with-key'] === true;
    return { kind: 'backup', dir: folder(rest), withKey, lang: language(values), ...configFlags(values) };
  }
  if (name === 'restore')
    return { kind: 'restore', file: onlyFile(rest), lang: language(values), ...configFlags(values) };
  if (rest.length > 0) throw new CommandError(`'${name}' takes no argument, got '${rest.join(' ')}'`);
  if (name === 'client') return { kind: 'client', out: outFile(values), ...configFlags(values) };
  return { kind: name, ...configFlags(values) };
}

interface Flags extends RunFlags {
  readonly help?: boolean | undefined;
  readonly version?: boolean | undefined;
  readonly apis?: string | undefined;
  readonly config?: string | undefined;
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly 'no-watch'?: boolean | undefined;
  readonly out?: string | undefined;
  readonly lang?: string | undefined;
  readonly 'with-key'?: boolean | undefined;
}

function readFlags(
  args: readonly string[],
  name: CommandName | undefined,
): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: flagsOf(name), allowPositionals: true });
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

function flagsOf(name: CommandName | undefined): NonNullable<ParseArgsConfig['options']> {
  if (name === 'start' || name === undefined) return start;
  switch (name) {
    case 'client':
      return client;
    case 'run':
      return { ...restore, ...runFlags };
    case 'backup':
      return backup;
    case 'restore':
      return restore;
    case 'check':
    case 'new':
      return common;
    default: {
      const never: never = name;
      return never;
    }
  }
}

function outFile({ out }: Flags): string | undefined {
  if (out === '') throw new CommandError("--out: expected a file, for example 'src/client.ts', got ''");
  return out;
}

function configFlags({ apis, config, port, host, 'no-watch': noWatch }: Flags): ConfigFlags {
  const overrides = { apisDir: apis, port, host, hotReload: noWatch === true ? false : undefined };
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  // Texts are read as in the environment: `--port abc` gets the same message as `PORT=abc`.
  return { configFile: config, overrides: Object.fromEntries(given) };
}

function onlyModule(rest: readonly string[]): string {
  const [module, ...more] = rest;
  if (module === undefined || more.length > 0) {
    throw new CommandError(`'new' takes one module, for example 'billing/invoices', got '${rest.join(' ')}'`);
  }
  return module;
}

function folder([dir, ...more]: readonly string[]): string | undefined {
  if (more.length > 0) throw new CommandError(`'backup' takes one folder, got '${[dir, ...more].join(' ')}'`);
  return dir;
}

function onlyFile(rest: readonly string[]): string {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0)
    throw new CommandError(`'restore' takes one file, got '${rest.join(' ')}'`);
  return file;
}

function language({ lang = 'en' }: Flags): Language {
  const found = languages.find((known) => known === lang);
  if (found === undefined)
    throw new CommandError(`--lang: expected ${languages.join(' or ')}, got '${lang}'`);
  return found;
}

function isCommandName(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}
