import type { ModuleFailure, ModuleWarning } from '../registry/snapshot.ts';
import type { ReloadReport } from '../registry/reload-report.ts';

const filesNamed = 3;
const functionsNamed = 6;

/** A reload in one line: `generation 7 serves: apis/orders.ts; 1 added (/orders/create), 2 changed; 6.2 ms`. */
export function describeReload(report: ReloadReport): string {
  const { generation, files, endpoints, durationMs, reason, backTo } = report;
  const what = [
    counted('added', endpoints.added),
    counted('changed', endpoints.changed),
    counted('removed', endpoints.removed),
  ].filter((text) => text !== '');
  const functions = what.length === 0 ? 'no functions' : what.join(', ');
  const how =
    reason !== 'rollback'
      ? ''
      : backTo === undefined
        ? ', with what is on disk'
        : `, rolled back to generation ${backTo}`;
  return `generation ${generation} serves${how}: ${some(files, filesNamed)}; ${functions}; ${durationMs} ms`;
}

/** What callers have to be told of, or undefined when nothing breaks them. */
export function describeBreaking({ contract }: ReloadReport): string | undefined {
  if (contract.breaking.length === 0) return undefined;
  const changes = contract.breaking.map(({ endpoint, change }) => `${endpoint}: ${change}`);
  return `breaks callers: ${some(changes, functionsNamed)}`;
}

/** A doubtful place for people. */
export function describeWarning({ file, line, column, message }: ModuleWarning): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** A failure for people: place, cause, and the source around it. */
export function describeFailure({ file, line, column, cause, frame }: ModuleFailure): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${cause}${frame === undefined ? '' : `\n${frame}`}`;
}

function counted(verb: string, paths: readonly string[]): string {
  return paths.length === 0 ? '' : `${paths.length} ${verb} (${some(paths, functionsNamed)})`;
}

function some(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${rest} more`;
}
