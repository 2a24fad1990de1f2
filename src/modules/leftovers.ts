import { clearTimeout, setTimeout } from 'node:timers';
import type { BelongingKind, Owned } from '../containment/belonging.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { ModuleWarning } from '../registry/snapshot.ts';
import type { FileInstance } from './file-instance.ts';
import { displayPath } from './module-failure.ts';
import { moduleNameOf } from './served-files.ts';
import { mapPlace } from './stack-traces.ts';

export interface LeftoversOptions {
  readonly apisDir: string;
  readonly projectDir: string;
  readonly logs: LogPort;
  /** The warnings may have changed. */
  readonly onChange: () => void;
}

/** What is closed in `onDispose` may take a moment to be gone. Milliseconds. */
const graceMs = 1_000;

/** Kinds of leftovers whose number of occurrences is remembered. */
const mostRemembered = 500;

const howToEnd: Readonly<Record<BelongingKind, string>> = {
  listener: 'remove it',
  subscription: 'unsubscribe it',
  server: 'close it',
  socket: 'close it',
  process: 'end it',
  worker: 'terminate it',
  watcher: 'close it',
  port: 'close it',
};

/** The same thing left behind at the same place, by one version or by many. */
interface Leftover {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly first: Owned;
  /** What is not taken away by the runtime; it may end later. */
  readonly open: Owned[];
  /** How many the newest version left that the runtime took away. */
  taken: number;
}

/** Finds what modules have left behind when they were disposed of, says so once, and keeps it for `GET /`. */
export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #found = new Map<string, Leftover>();
  /** By kind of leftover, how many versions had it. */
  readonly #times = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  /** Listeners of instances that were disposed of are taken away at once, all else is looked at in a second. */
  async lookAfter(instances: readonly FileInstance[], callsEnded: Promise<unknown>): Promise<void> {
    const opened = instances.filter(({ scope }) => scope !== undefined);
    if (opened.length === 0) return;
    const taken = new Map(opened.map((instance) => [instance, instance.scope?.takeAway() ?? []]));
    // What a call has opened is still in use.
    await callsEnded;
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const [instance, gone] of taken) this.#look(instance, gone);
      this.#options.onChange();
    }, graceMs).unref();
    this.#timers.add(timer);
  }

  get warnings(): ModuleWarning[] {
    const { apisDir, projectDir } = this.#options;
    const warnings: ModuleWarning[] = [];
    for (const [key, leftover] of this.#found) {
      const { file, line, column, first, open } = leftover;
      const stillOpen = open.filter(({ belonging }) => belonging.isLeft());
      open.splice(0, open.length, ...stillOpen);
      if (open.length === 0 && leftover.taken === 0) {
        this.#found.delete(key);
        continue;
      }
      // A package may add a listener once for all; only one that it adds again and again is a leak.
      if (isByPackage(first) && (this.#times.get(key) ?? 0) < 2) continue;
      const message = textOf(leftover);
      warnings.push({
        module: moduleNameOf(file, apisDir),
        file: displayPath(file, projectDir),
        line,
        column,
        message,
      });
    }
    return warnings;
  }

  /** Forgets what is still to be looked at: the process ends. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #look(instance: FileInstance, taken: readonly Owned[]): void {
    const { scope, source } = instance;
    if (scope === undefined) return;
    for (const leftover of this.#found.values()) if (leftover.file === source.file) leftover.taken = 0;
    const news = new Set<string>();
    const noteAs = (owned: Owned): Leftover => {
      const key = keyOf(source.file, owned);
      news.add(key);
      return this.#found.get(key) ?? this.#begin(key, owned, instance);
    };
    for (const owned of taken) noteAs(owned).taken++;
    for (const owned of scope.takeLeftBehind()) noteAs(owned).open.push(owned);
    for (const key of news) this.#tell(key);
  }

  #begin(key: string, first: Owned, { source }: FileInstance): Leftover {
    const { file, content } = source;
    const map = content.kind === 'code' ? content.transpiled.map : undefined;
    const compiled = { file, line: first.line, column: first.column };
    const { line, column } = mapPlace(compiled, () => map) ?? compiled;
    const leftover: Leftover = { file, line, column, first, open: [], taken: 0 };
    this.#found.set(key, leftover);
    return leftover;
  }

  /** At the first, the tenth, the hundredth time: a module that is saved often must not fill the log. */
  #tell(key: string): void {
    const times = (this.#times.get(key) ?? 0) + 1;
    this.#times.delete(key);
    this.#times.set(key, times);
    const [oldest] = this.#times.keys();
    if (this.#times.size > mostRemembered && oldest !== undefined) this.#times.delete(oldest);
    const leftover = this.#found.get(key);
    const first = leftover !== undefined && isByPackage(leftover.first) ? 2 : 1;
    if (leftover === undefined || (times !== first && !/^10+$/.test(String(times)))) return;
    const { file, line, column } = leftover;
    const place = `${displayPath(file, this.#options.projectDir)}:${line}:${column}`;
    this.#options.logs.system('warn', `${place}: ${textOf(leftover)}`, {
      leak: leftover.first.belonging.kind,
      times,
    });
  }
}

function keyOf(file: string, { belonging, direct }: Owned): string {
  const { kind } = belonging;
  // Ports and process ids differ each time; the names of events do not.
  const which = kind === 'listener' || kind === 'subscription' ? belonging.describe() : '';
  return JSON.stringify([file, kind, direct, which]);
}

function isByPackage({ belonging, direct }: Owned): boolean {
  return belonging.kind === 'listener' && !direct;
}

function textOf({ first, open, taken }: Leftover): string {
  const { belonging, direct } = first;
  const count = open.length + taken;
  const what = (open.at(-1) ?? first).belonging.describe();
  const many = count > 1 ? `${count} × ` : '';
  const by = direct ? '' : ', through a package';
  const gone = open.length === 0 ? ' (the runtime took it away)' : '';
  return `left behind when it was replaced${by}: ${many}${what}${gone}; ${howToEnd[belonging.kind]} in onDispose(() => …)`;
}
