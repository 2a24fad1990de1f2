import type { AffectedByChange, SavedScenario, SaveOutcome } from '../model/save-outcome.ts';
import type { ChosenScenario } from './choose-scenarios.ts';

export interface Save {
  readonly generation: number;
  /** Endpoints that were changed, or whose helpers were. */
  readonly touched: readonly string[];
  readonly affected: readonly AffectedByChange[];
}

/** Runs scenarios after saves: one at a time, and anew when another save comes meanwhile. */
export interface SaveTester {
  /** Gives at once; what runs is cancelled, and runs again with what this save touched. */
  saved(save: Save): void;
  /** Whether something runs, or is about to. */
  readonly busy: boolean;
  /** Cancels what runs; resolves when it has ended. */
  close(): Promise<void>;
}

export interface TesterParts {
  choose(touched: readonly string[]): Promise<readonly ChosenScenario[]>;
  /** Must end soon when `signal` is aborted; never rejects. */
  run(scenario: ChosenScenario, signal: AbortSignal): Promise<SavedScenario>;
  /** Gets the outcome so far, after each scenario. */
  keep(outcome: SaveOutcome): Promise<void>;
  /** Gets the outcome when all is over. */
  tell(outcome: SaveOutcome): void;
  onError(error: unknown): void;
}

interface State {
  readonly parts: TesterParts;
  /** Scenarios that still have to run, and those that have run since the last outcome was told. */
  readonly waiting: Map<number, ChosenScenario>;
  readonly done: Map<number, SavedScenario>;
  readonly touched: Set<string>;
  affected: AffectedByChange[];
  startedAt: string | undefined;
}

export function createSaveTester(parts: TesterParts): SaveTester {
  const state: State = {
    parts,
    waiting: new Map(),
    done: new Map(),
    touched: new Set(),
    affected: [],
    startedAt: undefined,
  };
  let current = new AbortController();
  let last: Promise<void> = Promise.resolve();
  let closed = false;
  let saves = 0;
  return {
    get busy() {
      return saves > 0;
    },
    saved(save) {
      if (closed) return;
      saves += 1;
      current.abort();
      current = new AbortController();
      const { signal } = current;
      last = last
        .then(() => test(state, save, signal))
        .catch((error: unknown) => parts.onError(error))
        .finally(() => (saves -= 1));
    },
    async close() {
      closed = true;
      current.abort();
      await last;
    },
  };
}

/** Also of a save that was overtaken: what it touched has to be tested by the next one. */
async function test(state: State, save: Save, signal: AbortSignal): Promise<void> {
  const { parts, waiting, done } = state;
  await take(state, save);
  if (signal.aborted) return;
  if (waiting.size > 0) await parts.keep(outcomeOf(state, save, 'running'));
  for (const scenario of waiting.values()) {
    const result = await parts.run(scenario, signal);
    if (signal.aborted) return;
    waiting.delete(scenario.id);
    done.set(scenario.id, result);
    if (waiting.size > 0) await parts.keep(outcomeOf(state, save, 'running'));
  }
  const outcome = outcomeOf(state, save, statusOf(done));
  done.clear();
  state.touched.clear();
  state.affected = [];
  state.startedAt = undefined;
  await parts.keep(outcome);
  parts.tell(outcome);
}

async function take(state: State, { touched, affected }: Save): Promise<void> {
  state.startedAt ??= new Date().toISOString();
  for (const endpoint of touched) state.touched.add(endpoint);
  const endpoints = new Set(affected.map(({ endpoint }) => endpoint));
  state.affected = [...state.affected.filter(({ endpoint }) => !endpoints.has(endpoint)), ...affected];
  for (const scenario of await state.parts.choose(touched)) {
    state.waiting.set(scenario.id, scenario);
    state.done.delete(scenario.id);
  }
}

function outcomeOf(state: State, { generation }: Save, status: SaveOutcome['status']): SaveOutcome {
  const startedAt = state.startedAt ?? new Date().toISOString();
  return {
    generation,
    status,
    touched: [...state.touched].sort(),
    affected: state.affected,
    scenarios: [...state.done.values()],
    startedAt,
    completedAt: status === 'running' ? null : new Date().toISOString(),
  };
}

function statusOf(done: ReadonlyMap<number, SavedScenario>): SaveOutcome['status'] {
  if (done.size === 0) return 'none';
  return [...done.values()].every(({ status }) => status === 'passed') ? 'passed' : 'failed';
}
