import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPort } from '../../contract/log-port.ts';
import { createBackOff, type BackOff } from './back-off.ts';
import { describeEnd } from './describe-end.ts';
import { createSuspects } from './suspects.ts';
import type { WorkerEnd, WorkerProcess } from './worker-process.ts';
import type { WorkerReport } from './worker-state.ts';

export interface WorkerPoolOptions {
  readonly count: number;
  readonly fork: () => WorkerProcess;
  /** Loads what serves into a process and lets it accept connections; rejects when it cannot. */
  readonly boot: (worker: WorkerProcess) => Promise<void>;
  readonly generation: () => number;
  /** Milliseconds without a sign of life after which a process is replaced. */
  readonly hungAfter: () => number;
  /** The same for one that loads modules. */
  readonly hungLoadingAfter: () => number;
  /** Seconds that a process gets to end in order. */
  readonly shutdownTimeout: () => number;
  readonly logs: LogPort;
  /** Which processes serve has changed. */
  readonly onChange: () => void;
}

/** The place of one serving process; when it ends, another one takes it. */
interface Place {
  worker: WorkerProcess | undefined;
  restarts: number;
  readonly backOff: BackOff;
  /** The process that ended here last, until another one serves in its place; `at` is of `performance.now()`. */
  vacated: { readonly pid: number; readonly at: number } | undefined;
}

/** How often processes are looked at. Milliseconds. */
export const beatEvery = 250;
/** Until the first sign of life. Milliseconds. */
const hungStartingAfter = 30_000;
/** Beyond `shutdownTimeout`. Seconds. */
const shutdownGrace = 3;

/** Keeps `count` processes serving: starts them, watches them, and replaces those that end or hang. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #places: Place[];
  /** Processes that serve no more, or not yet in their place. */
  readonly #others = new Set<WorkerProcess>();
  readonly #suspects = createSuspects();
  readonly #changes: (() => void)[] = [];
  #beats: NodeJS.Timeout | undefined;
  #lastLook = 0;
  #stopping: Promise<void> | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.count }, () => ({
      worker: undefined,
      restarts: 0,
      backOff: createBackOff(),
      vacated: undefined,
    }));
  }

  /** Those that accept connections, oldest first. */
  get serving(): WorkerProcess[] {
    return this.all.filter(({ state }) => state === 'serving').sort((a, b) => a.startedAt - b.startedAt);
  }

  /** All that have not ended. */
  get all(): WorkerProcess[] {
    const workers = [...this.#places.flatMap(({ worker }) => worker ?? []), ...this.#others];
    return [...new Set(workers)].filter(({ state }) => state !== 'ended');
  }

  /** For `GET /`. */
  report(): { readonly workers: readonly WorkerReport[]; readonly suspects: readonly unknown[] } {
    const generation = this.#options.generation();
    const restartsOf = (worker: WorkerProcess): number =>
      this.#places.find((place) => place.worker === worker)?.restarts ?? 0;
    const workers = this.all.map((worker) => ({
      pid: worker.pid,
      state: worker.state,
      generation: worker.state === 'starting' ? 0 : generation,
      restarts: restartsOf(worker),
      startedAt: worker.since.toISOString(),
    }));
    return { workers, suspects: this.#suspects.list() };
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * Starts a process in each place. Resolves when all of them serve; a process that ends meanwhile is replaced.
   *
   * @throws what keeps a process that lives from serving, such as a port that is in use
   */
  async start(): Promise<void> {
    this.#lastLook = performance.now();
    this.#beats = setInterval(() => this.#look(), beatEvery);
    const failing = await Promise.all(this.#places.map((place) => this.#fill(place)));
    const problem = failing.find((outcome) => outcome instanceof Error);
    if (problem !== undefined) throw problem;
    await this.#until(() => this.serving.length === this.#options.count);
  }

  /** Resolves when at least one process serves; at once while the pool stops. */
  untilServing(): Promise<void> {
    return this.#until(() => this.serving.length > 0 || this.isStopping);
  }

  async allEnded(): Promise<void> {
    await Promise.all(this.all.map(({ ended }) => ended));
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#changes.push(resolve));
  }

  #changed(): void {
    this.#options.onChange();
    for (const resolve of this.#changes.splice(0)) resolve();
  }

  /** A process wants to end, because somebody told it to: another one takes its place first. */
  async replace(worker: WorkerProcess, why: string): Promise<boolean> {
    const place = this.#places.find((candidate) => candidate.worker === worker);
    if (place === undefined || this.#stopping !== undefined) return false;
    this.#others.add(worker);
    place.worker = undefined;
    const booted = (await this.#fill(place)) === undefined;
    if (booted || why !== 'restart') await this.#end(worker, why);
    else {
      this.#others.delete(worker);
      const late = place.worker as WorkerProcess | undefined;
      if (late !== undefined) late.kill('the process that it was to replace serves on');
      place.worker = worker;
    }
    return booted;
  }

  /** Replaces all processes, one after the other. */
  restart(): Promise<void> {
    this.#restarting = this.#restarting.then(() => this.#restartAll());
    return this.#restarting;
  }

  /** Lets all processes finish their calls; those that take too long are killed. */
  stop(why: string): Promise<void> {
    this.#stopping ??= this.#stopAll(why);
    return this.#stopping;
  }

  /** Ends all processes at once. */
  kill(): void {
    clearInterval(this.#beats);
    this.#stopping ??= Promise.resolve();
    for (const worker of this.all) worker.kill('the service ends');
  }

  async #stopAll(why: string): Promise<void> {
    // Set before anything else can start a process.
    await Promise.resolve();
    await Promise.all(this.all.map((worker) => this.#end(worker, why)));
    clearInterval(this.#beats);
  }

  async #restartAll(): Promise<void> {
    const { logs } = this.#options;
    if (this.#stopping !== undefined) return;
    logs.system('info', 'restarting all workers, one after the other');
    for (const worker of this.serving) {
      if (this.#stopping !== undefined) return;
      if (worker.state !== 'serving' || (await this.replace(worker, 'restart'))) continue;
      logs.error(
        `the restart of all workers has stopped: the successor of worker ${worker.pid} does not start`,
      );
      return;
    }
    logs.system('info', 'all workers are restarted');
  }

  /** Starts a process in a place that is empty. Gives why it could not be booted; it is tried again then. */
  async #fill(place: Place): Promise<Error | 'ended' | undefined> {
    const { fork, boot, logs } = this.#options;
    const worker = fork();
    place.worker = worker;
    const over = worker.ended.then((end) => this.#onEnd(worker, end));
    this.#changed();
    try {
      const ended = await Promise.race([boot(worker), worker.ended]);
      if (ended !== undefined) return 'ended';
      worker.servingSince = performance.now();
      this.#changed();
      this.#logSuccessor(place, worker);
      return undefined;
    } catch (err) {
      const alive = worker.state !== 'ended';
      if (alive && this.#stopping === undefined)
        logs.error(`worker ${worker.pid} could not be started`, { err });
      worker.kill('it could not be started');
      await over;
      return alive && err instanceof Error ? err : 'ended';
    }
  }

  #onEnd(worker: WorkerProcess, end: WorkerEnd): void {
    const { logs } = this.#options;
    this.#others.delete(worker);
    const place = this.#places.find((candidate) => candidate.worker === worker);
    const expected = this.#stopping !== undefined || (place === undefined && worker.killedFor === undefined);
    if (!expected) this.#logEnd(worker, end);
    if (end.tornOff > 0)
      logs.system('warn', `the last log line of worker ${worker.pid} was torn off`, {
        characters: end.tornOff,
      });
    if (place !== undefined && this.#stopping === undefined) {
      place.worker = undefined;
      place.restarts += 1;
      const now = performance.now();
      // A pause after a successor that did not even serve is a part of how long the place was empty.
      place.vacated ??= { pid: worker.pid, at: now };
      void this.#refill(place, place.backOff.next(now - (worker.servingSince ?? now)));
    }
    this.#changed();
  }

  #logEnd(worker: WorkerProcess, end: WorkerEnd): void {
    const { code, signal, record } = end;
    this.#suspects.add(record.calls);
    this.#options.logs.error(describeEnd(worker, end), {
      worker: worker.pid,
      code,
      signal,
      calls: record.calls,
      ...(record.loading.length === 0 ? {} : { loading: record.loading }),
    });
  }

  #logSuccessor(place: Place, { pid }: WorkerProcess): void {
    const { vacated } = place;
    place.vacated = undefined;
    if (vacated === undefined) return;
    const tookMs = Math.round(performance.now() - vacated.at);
    this.#options.logs.system(
      'info',
      `worker ${pid} serves in place of worker ${vacated.pid}, ${(tookMs / 1000).toFixed(2)} s after its end`,
      { worker: pid, insteadOf: vacated.pid, tookMs },
    );
  }

  async #refill(place: Place, delay: number): Promise<void> {
    if (delay > 0) {
      this.#options.logs.system(
        'warn',
        `a worker ends again and again; the next one is started in ${delay / 1000} s`,
      );
      await sleep(delay);
    }
    if (place.worker === undefined && this.#stopping === undefined) await this.#fill(place);
  }

  /** Tells a process to finish, and sees to it that it does. */
  async #end(worker: WorkerProcess, why: string): Promise<void> {
    if (worker.state === 'ended') return;
    worker.state = 'leaving';
    this.#changed();
    worker.peer.tell(this.#stopping === undefined ? 'leave' : 'stop', why);
    const limit = new AbortController();
    const seconds = this.#options.shutdownTimeout() + shutdownGrace;
    const late = sleep(seconds * 1000, 'late', { signal: limit.signal }).catch(() => 'ended');
    if ((await Promise.race([worker.ended, late])) === 'late')
      worker.kill(`it did not end within ${seconds} s`);
    limit.abort();
    await worker.ended;
  }

  #look(): void {
    const now = performance.now();
    // While this process was held up, it heard of nobody.
    const heldUp = Math.max(0, now - this.#lastLook - beatEvery);
    for (const worker of this.all) worker.lastBeat += heldUp;
    this.#lastLook = now;
    for (const worker of this.all) {
      const silence = now - worker.lastBeat;
      if (silence > this.#patienceWith(worker))
        worker.kill(`it has given no sign of life for ${(silence / 1000).toFixed(1)} s`);
    }
  }

  #patienceWith({ state, loading }: WorkerProcess): number {
    if (loading) return this.#options.hungLoadingAfter();
    return state === 'starting' ? hungStartingAfter : this.#options.hungAfter();
  }
}
