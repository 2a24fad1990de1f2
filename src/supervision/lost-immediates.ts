import { executionAsyncResource } from 'node:async_hooks';
import { clearImmediate, setImmediate } from 'node:timers';

/** What Node keeps of `setImmediate`; these names are the same in all versions since 11. */
interface Immediate {
  readonly _onImmediate: ((...args: unknown[]) => void) | null;
  readonly _argv: readonly unknown[] | undefined;
  readonly _idleNext: Immediate | null;
  readonly _destroyed: boolean;
}

/**
 * To be asked in the midst of an immediate that is about to be ended: those after it in the same round, which
 * Node would forget.
 */
export function immediatesBehind(): readonly NodeJS.Immediate[] {
  const found: NodeJS.Immediate[] = [];
  const running = executionAsyncResource() as Partial<Immediate>;
  let next = '_onImmediate' in running ? (running._idleNext ?? null) : null;
  while (next !== null) {
    found.push(next as unknown as NodeJS.Immediate);
    next = next._idleNext;
  }
  return found;
}

/** Lets those run that were not cleared meanwhile. */
export function runAgain(immediates: readonly NodeJS.Immediate[]): void {
  for (const immediate of immediates) {
    const { _onImmediate: callback, _argv: args = [], _destroyed } = immediate as unknown as Immediate;
    if (_destroyed || callback === null) continue;
    clearImmediate(immediate);
    setImmediate(callback, ...(args ?? []));
  }
}
