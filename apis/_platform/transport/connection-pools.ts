import type { RequestSettings } from '../model/request.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { Deadlines } from './deadlines.ts';
import { checkProxiedTarget, readProxy } from './proxy.ts';
import type { Target } from './target.ts';
import type { TargetGuard } from './target-guard.ts';
import { readTlsContext } from './tls-context.ts';

interface KeptPool {
  pool: ConnectionPool;
  /** What remains to be checked before the first request; rejects with the guard's refusal. */
  checked: Promise<void> | undefined;
}

const keptAtMost = 256;

/** The pools of a transport: one for each origin, and for each way to it. */
export class ConnectionPools {
  readonly #pools = new Map<string, KeptPool>();
  readonly #guard: TargetGuard;
  readonly #deadlines: Deadlines;
  readonly #connections: number;

  constructor(options: { guard: TargetGuard; deadlines: Deadlines; connections: number }) {
    this.#guard = options.guard;
    this.#deadlines = options.deadlines;
    this.#connections = options.connections;
  }

  /** @throws TransportFailure TARGET_REFUSED, INVALID_PROXY, TLS_INVALID_SETTINGS */
  poolFor(target: Target, settings: RequestSettings): KeptPool {
    const key = poolKey(target, settings);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const made = this.#make(target, settings);
    if (this.#pools.size >= keptAtMost) this.#makeRoom();
    this.#pools.set(key, made);
    made.checked?.then(
      () => (made.checked = undefined),
      () => this.#pools.delete(key),
    );
    return made;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.close()));
  }

  #make(target: Target, settings: RequestSettings): KeptPool {
    this.#guard.checkHost(target.hostname, target.port);
    const proxy =
      settings.proxy === undefined || settings.proxy === '' ? undefined : readProxy(settings.proxy);
    if (proxy !== undefined) this.#guard.checkHost(proxy.target.hostname, proxy.target.port);
    const tls = target.secure ? settings.tls : undefined;
    const pool = new ConnectionPool(
      {
        target,
        proxy,
        tls,
        secureContext: readTlsContext(tls),
        // A proxy for plain HTTP speaks HTTP/1.1.
        http2: settings.httpVersion === '2' && (target.secure || proxy === undefined),
        guard: this.#guard,
        deadlines: this.#deadlines,
      },
      this.#connections,
    );
    return { pool, checked: proxy === undefined ? undefined : checkProxiedTarget(this.#guard, target) };
  }

  #makeRoom(): void {
    for (const [key, { pool }] of this.#pools) {
      if (!pool.isIdle) continue;
      this.#pools.delete(key);
      void pool.close();
      return;
    }
  }
}

function poolKey({ origin }: Target, { proxy, tls, httpVersion }: RequestSettings): string {
  const isUsual = proxy === undefined && tls === undefined && httpVersion !== '2';
  return isUsual ? origin : JSON.stringify([origin, proxy, tls, httpVersion]);
}
