import { prettyFactory } from 'pino-pretty';
import type { SerializedError } from './serialize-error.ts';

interface RequestFields {
  readonly method?: unknown;
  readonly endpoint?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly items?: unknown;
  readonly durationMs?: unknown;
  readonly principal?: unknown;
  readonly body?: unknown;
  readonly data?: unknown;
}

/** Turns JSON lines into lines for people; a text that is no JSON stays as it is. */
export function prettyLines(options: { colour: boolean }): (jsonLines: string) => string {
  const common = {
    colorize: options.colour,
    colorizeObjects: false,
    translateTime: 'SYS:HH:MM:ss.l',
    messageKey: 'message',
    singleLine: true,
  };
  const ofRequest = prettyFactory({
    ...common,
    hideObject: true,
    messageFormat: (line) => requestText(line),
  });
  const messageFormat = (line: Readonly<Record<string, unknown>>): string =>
    printable(`${asText(line['message'] ?? '')}${errorText(line['err'])}`);
  // What a system line tells in its fields, its message says in words.
  const ofSystem = prettyFactory({ ...common, hideObject: true, messageFormat });
  const ofOther = prettyFactory({ ...common, ignore: 'kind,generation,err,module', messageFormat });
  const one = (line: string) => {
    if (line.includes('"kind":"request"')) return ofRequest(line);
    return line.includes('"kind":"system"') ? ofSystem(line) : ofOther(line);
  };
  const withEnd = (line: string) => (line.endsWith('\n') ? line : `${line}\n`);
  return (jsonLines) =>
    jsonLines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => withEnd(one(line)))
      .join('');
}

/** An error below its message: stack, causes and members, each indented. */
function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { type, message, stack, cause, errors } = error as Partial<SerializedError>;
  const own = stack ?? `${type ?? 'Error'}: ${message ?? ''}`;
  const caused = cause === undefined ? '' : `\n  caused by:${errorText(cause)}`;
  return `\n    ${own.replaceAll('\n', '\n    ')}${caused}${(errors ?? []).map(errorText).join('')}`;
}

function requestText(line: RequestFields): string {
  const parts = [
    line.method,
    line.endpoint,
    line.status,
    line.code,
    line.items === undefined ? undefined : `${asText(line.items)} items`,
    `${String(line.durationMs)} ms`,
    line.principal,
  ];
  if (line.body !== undefined) parts.push(`body ${asText(line.body)}`);
  if (line.data !== undefined) parts.push(`data ${asText(line.data)}`);
  return printable(
    parts
      .filter((part) => part !== undefined)
      .map(String)
      .join(' '),
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Shows control characters instead of sending them to the terminal; what clients send may hold some. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
