import type { Belonging, Owned } from './belonging.ts';
import { callSites } from './call-sites.ts';
import { ScopeTimers } from './scope-timers.ts';

/** Belongings that have ended are looked for when this many are known. */
const sweepFrom = 32;

/**
 * What one instance of a file has made outside itself: its timers, and what the watched parts of Node
 * tell of (see `watch-belongings.ts`). Opened before the file is evaluated, closed when it is disposed of.
 */
export class ModuleScope {
  /** Absolute path. */
  readonly file: string;
  #timers: ScopeTimers | undefined;
  #owned: Owned[] = [];
  #sweepAt = sweepFrom;

  constructor(file: string) {
    this.file = file;
    const known = scopes.get(file);
    if (known === undefined) scopes.set(file, [this]);
    else known.push(this);
  }

  /** Made when the file first asks for them. */
  get timers(): ScopeTimers {
    return (this.#timers ??= new ScopeTimers(this.file));
  }

  own(owned: Owned): void {
    this.#owned.push(owned);
    if (this.#owned.length < this.#sweepAt) return;
    this.#owned = this.#owned.filter(({ belonging }) => belonging.isLeft());
    this.#sweepAt = Math.max(sweepFrom, this.#owned.length * 2);
  }

  /**
   * The instance serves no more. Its intervals end; its timeouts too, as soon as `callsEnded`, since a call that
   * is still running may wait for one.
   */
  close(callsEnded: Promise<unknown>): void {
    this.forget();
    this.#timers?.endIntervals();
    if (this.#timers !== undefined) void callsEnded.then(() => this.#timers?.close());
  }

  /** What comes from now on is not this instance's. */
  forget(): void {
    const known = scopes.get(this.file);
    if (known === undefined) return;
    const others = known.filter((scope) => scope !== this);
    if (others.length === 0) scopes.delete(this.file);
    else scopes.set(this.file, others);
  }

  /** Takes away what harms nobody when it is gone, and gives it. */
  takeAway(): readonly Owned[] {
    const taken = this.#owned.filter(
      ({ belonging, direct }) => direct && belonging.remove !== undefined && belonging.isLeft(),
    );
    for (const { belonging } of taken) belonging.remove?.();
    return taken;
  }

  /** What is still there of all that the instance made; to be asked once. */
  takeLeftBehind(): readonly Owned[] {
    const left = this.#owned.filter(({ belonging }) => belonging.isLeft());
    this.#owned = [];
    return left;
  }
}

/** By file, the open scopes of its instances, newest last. */
const scopes = new Map<string, ModuleScope[]>();

/** Frames of the runtime's own packages that pool connections: what they open belongs to nobody. */
const pools = new Set(['node:_http_agent', 'node:internal/deps/undici/undici']);

/** Node's own listeners, of a pipe for example, come and go with what they belong to. */
function isNodesOwn(site: NodeJS.CallSite, file: string): boolean {
  return file.startsWith('node:') && file !== 'node:events' && site.getFunctionName() !== 'Readable.on';
}

/** As V8 names the files of ES modules. */
const ownFolder = new URL('.', import.meta.url).href;

/** Notes a belonging for the module whose code is running now, if it is one. */
export function noteBelonging(belonging: Belonging): void {
  if (scopes.size === 0) return;
  let direct = true;
  for (const site of callSites(noteBelonging)) {
    const file = site.getFileName();
    if (file === null || file === undefined) continue;
    if (pools.has(file)) return;
    if (belonging.kind === 'listener' && isNodesOwn(site, file)) return;
    const scope = scopes.get(file)?.at(-1);
    if (scope !== undefined) {
      scope.own({
        belonging,
        line: site.getLineNumber() ?? 1,
        column: site.getColumnNumber() ?? 1,
        direct,
      });
      return;
    }
    if (!file.startsWith('node:') && !file.startsWith(ownFolder)) direct = false;
  }
}
