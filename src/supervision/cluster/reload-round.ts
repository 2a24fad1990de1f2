import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../contract/api-error.ts';
import type { Decision, Proposal } from '../../registry/agreement.ts';
import type { ReloadReport } from '../../registry/reload-report.ts';
import { decide, swapsAnything } from './decide.ts';
import { toWireError, type WireError } from './wire-error.ts';
import type { WorkerEnd, WorkerProcess } from './worker-process.ts';

/**
 * Milliseconds that processes get to hold their doors; then all open them, and try again a little later, with
 * twice as much, up to the most.
 */
const holdTimeout = 250;
const holdAtMost = 4_000;
const holdAgainAfter = 100;
/** Milliseconds that a process gets to swap after all have agreed; then it is replaced. */
const swapTimeout = 3_000;

/** A decision with the number of the generation that it makes. */
export interface NumberedDecision extends Decision {
  readonly generation: number;
  /** Nobody swaps anything, and each throws away what it has loaded. */
  readonly refused?: WireError;
}

/** A reload's report, and the failures that are new. */
export interface LoadAnswer {
  readonly report: ReloadReport;
  readonly newFailures: readonly ReloadReport['failed'][number][];
}

export interface RoundOptions {
  readonly workers: readonly WorkerProcess[];
  /** What a process is asked to load; made anew for each. */
  readonly request: () => Promise<unknown>;
  /** One process tries first: what ends it does not end the others. */
  readonly canary: boolean;
  /** Served files that must load in all processes, or nobody swaps anything; undefined: each group by itself. */
  readonly targets: ReadonlySet<string> | undefined;
  /** A process ended while it tried. */
  readonly onCrash: (end: WorkerEnd) => Promise<void>;
  /** The number that a swap would make. */
  readonly nextGeneration: number;
  /** All have swapped; called before requests are let in again. */
  readonly onSwapped: (decision: Decision, proposals: readonly Proposal[], swapped: boolean) => void;
}

/** One process's part in a round. */
class Member {
  readonly worker: WorkerProcess;
  proposal: Proposal | undefined;
  answer: Promise<LoadAnswer> | undefined;
  /** Why it has given up the reload. */
  failure: unknown;
  /** Resolves when it has given up; never when it does not. */
  readonly failed: Promise<void>;
  readonly swapped: Promise<void>;
  readonly proposed: Promise<void>;
  #onProposal: () => void = () => {};
  #onSwapped: () => void = () => {};
  #onFailed: () => void = () => {};
  #decide: ((decision: NumberedDecision) => void) | undefined;

  constructor(worker: WorkerProcess) {
    this.worker = worker;
    this.proposed = new Promise((resolve) => (this.#onProposal = resolve));
    this.swapped = new Promise((resolve) => (this.#onSwapped = resolve));
    this.failed = new Promise((resolve) => (this.#onFailed = resolve));
  }

  /** It lives, and takes no part in this reload any more. */
  get hasGivenUp(): boolean {
    return this.failure !== undefined && this.worker.state !== 'ended';
  }

  /** Resolves when it has proposed, or never will. */
  async begin(request: unknown, onCrash: (end: WorkerEnd) => Promise<void>): Promise<void> {
    const { worker } = this;
    worker.loading = true;
    this.answer = worker.peer.ask<LoadAnswer>('load', request);
    const answered = this.answer.then(
      () => undefined,
      (error: unknown) => {
        this.failure = error;
        this.#onFailed();
      },
    );
    void answered.then(() => (worker.loading = false));
    const end = await Promise.race([this.proposed, answered, worker.ended]);
    if (end !== undefined) await onCrash(end);
  }

  propose(proposal: Proposal): Promise<NumberedDecision> {
    this.proposal = proposal;
    return new Promise((resolve) => {
      this.#decide = resolve;
      this.#onProposal();
    });
  }

  decide(decision: NumberedDecision): void {
    this.worker.loading = false;
    this.#decide?.(decision);
  }

  hasSwapped(): void {
    this.#onSwapped();
  }
}

/** One reload in all processes: each tries, all agree, all swap while nobody is let in. */
export class ReloadRound {
  readonly #members: readonly Member[];
  readonly #options: RoundOptions;

  constructor(options: RoundOptions) {
    this.#options = options;
    this.#members = options.workers.map((worker) => new Member(worker));
  }

  /** A process would swap this; resolves when it may. */
  propose(worker: WorkerProcess, proposal: Proposal): Promise<NumberedDecision> {
    const member = this.#members.find((candidate) => candidate.worker === worker);
    if (member === undefined) throw new Error(`process ${worker.pid} has no part in this reload`);
    return member.propose(proposal);
  }

  swapped(worker: WorkerProcess): void {
    this.#members.find((candidate) => candidate.worker === worker)?.hasSwapped();
  }

  /**
   * Resolves with the answer of the first process when all serve the new generation.
   *
   * @throws what the reload throws in all processes; Error when all have ended
   */
  async run(): Promise<LoadAnswer> {
    const { nextGeneration, onSwapped } = this.#options;
    await this.#gatherProposals();
    const taking = this.#members.filter(({ proposal }) => proposal !== undefined);
    const proposals = taking.flatMap(({ proposal }) => proposal ?? []);
    const decision = decide(proposals);
    const refusal = this.#refusal(decision);
    if (refusal !== undefined)
      return await refuseAll(taking, { ...decision, generation: nextGeneration }, refusal);
    const swaps = swapsAnything(decision, proposals);
    if (swaps) await replaceThoseBehind(this.#members);
    const present = swaps ? await holdAll(taking) : taking;
    for (const member of present) member.decide({ ...decision, generation: nextGeneration });
    if (swaps) await Promise.all(present.map(untilSwapped));
    if (present.length > 0) onSwapped(decision, proposals, swaps);
    if (swaps) for (const { worker } of present) worker.peer.tell('open');
    return await firstAnswer(this.#members);
  }

  /** Why nobody may swap, where it is all or nothing. */
  #refusal({ retry }: Decision): unknown {
    const { targets } = this.#options;
    if (targets === undefined) return undefined;
    const givenUp = this.#members.find(({ hasGivenUp }) => hasGivenUp);
    if (givenUp !== undefined) return givenUp.failure;
    const unlike = retry.filter((file) => targets.has(file));
    if (unlike.length === 0) return undefined;
    return new ApiError(
      'ROLLBACK_FAILED',
      `nothing has changed: the workers have not found the same versions of ${unlike.join(', ')}; try again`,
    );
  }

  async #gatherProposals(): Promise<void> {
    const { canary, request, onCrash, targets } = this.#options;
    const waiting = [...this.#members];
    const tryAlone = canary ? waiting.length - 1 : 0;
    for (let time = 0; time < tryAlone; time++) {
      const first = waiting.shift();
      if (first?.worker.state !== 'serving') continue;
      await first.begin(await request(), onCrash);
      if (first.proposal !== undefined) break;
      if (targets !== undefined && first.hasGivenUp) return;
    }
    const alive = waiting.filter(({ worker }) => worker.state !== 'ended');
    const asked = await request();
    await Promise.all(alive.map((member) => member.begin(asked, onCrash)));
  }
}

/** Each throws away what it has loaded; resolves never. @throws the refusal, when all have done so */
async function refuseAll(
  members: readonly Member[],
  decision: NumberedDecision,
  refusal: unknown,
): Promise<never> {
  for (const member of members) member.decide({ ...decision, refused: toWireError(refusal) });
  await Promise.allSettled(members.flatMap(({ answer }) => answer ?? []));
  throw refusal;
}

/** One that could not load what the others are about to serve would go on with the generation before. */
async function replaceThoseBehind(members: readonly Member[]): Promise<void> {
  const behind = members.filter(({ proposal, hasGivenUp }) => proposal === undefined && hasGivenUp);
  await Promise.all(
    behind.map(async ({ worker }) => {
      worker.kill('it could not load a generation that the others serve');
      await worker.ended;
    }),
  );
}

/** Nobody is let in anywhere when this resolves; gives those that still live. */
async function holdAll(members: readonly Member[]): Promise<Member[]> {
  for (let timeout = holdTimeout; ; timeout = Math.min(2 * timeout, holdAtMost)) {
    const present = members.filter(({ worker }) => worker.state !== 'ended');
    const holding = Promise.all(
      present.map(({ worker }) => Promise.race([worker.peer.ask('hold').catch(() => {}), worker.ended])),
    );
    if (await within(holding, timeout)) return members.filter(({ worker }) => worker.state !== 'ended');
    // One is busy, which is no reason to let all clients wait.
    for (const { worker } of present) worker.peer.tell('open');
    await Promise.race([holding, sleep(holdAgainAfter)]);
  }
}

/** The others cannot let anybody in as long as this one may answer from the generation before. */
async function untilSwapped({ worker, swapped, failed }: Member): Promise<void> {
  const done = Promise.race([
    swapped.then(() => true),
    worker.ended.then(() => true),
    failed.then(() => false),
  ]);
  if ((await within(done, swapTimeout)) && (await done)) return;
  worker.kill('it did not take over a new generation in time');
  await worker.ended;
}

/** False at the timeout. Milliseconds. */
async function within(work: Promise<unknown>, timeout: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(timeout, false, { signal: timer.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), late]);
  timer.abort();
  return done;
}

async function firstAnswer(members: readonly Member[]): Promise<LoadAnswer> {
  const answers = await Promise.allSettled(members.flatMap(({ answer }) => answer ?? []));
  const [first] = answers.flatMap((settled) => (settled.status === 'fulfilled' ? settled.value : []));
  if (first !== undefined) return first;
  const [failed] = answers;
  throw failed?.status === 'rejected' ? failed.reason : new Error('no process is there to load anything');
}
