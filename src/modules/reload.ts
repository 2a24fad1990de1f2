import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';
import { conductReload, type ReloadRequest, type ReloadState } from './conduct-reload.ts';
import { HeadStart } from './head-start.ts';
import { LateLoader } from './late-loader.ts';
import { LaterLooks } from './later-looks.ts';
import { runLateLoadHooks } from './lifecycle.ts';
import { LiveModules } from './live-modules.ts';
import { toCompiled } from './load-module.ts';
import type { RollbackPlan } from './plan-rollback.ts';
import { Refinement } from './refinement.ts';
import type { ReloaderOptions } from './reload-options.ts';
import { ReloadQueue, type Touched } from './reload-queue.ts';
import { ReloadRun, runReloadWithin } from './reload-run.ts';
import { ReloadWarnings } from './reload-warnings.ts';
import { Retirement } from './retirement.ts';
import { runRollback, type HeldVersions, type RolledBack, type RollbackView } from './run-rollback.ts';
import { Unfinished } from './unfinished.ts';

/**
 * The only one who begins reloads: read → parse → graph → signatures → load → check → SWAP → dispose.
 *
 * What changed is loaded beside what is live, in groups of files that import each other. A group whose
 * members all work is swapped in; one that would break a module that serves is thrown away, and its last
 * good version stays. See ARCHITECTURE.md, "The reload path".
 */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #queue: ReloadQueue;
  readonly #state: ReloadState;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#queue = new ReloadQueue((touched, reason) =>
      runReloadWithin(options.reloadTimeout(), new ReloadRun(), (run) =>
        this.#reloadAndTell({ touched, reason, run }),
      ),
    );
    this.#state = createState(options, {
      request: (files) => this.#requestLater(files),
      isBusy: () => this.#queue.isBusy,
    });
  }

  /**
   * Brings what is served up to date with the disk. Requests during a reload share the next one.
   *
   * @throws when `apisDir` itself cannot be read
   */
  reload(touched: Touched, reason: ReloadReason): Promise<ReloadReport> {
    return this.#queue.request(touched, reason);
  }

  /** A reload of this file alone will be asked for in a moment, if it has changed: what can be done before is begun. */
  expect(file: string): void {
    this.#state.headStart.begin(file);
  }

  /**
   * Serves other versions than the disk has, or lets go of such versions; `toPlan` says which, and is asked
   * when no reload is under way. All of it is taken over, or nothing.
   *
   * @throws ApiError ROLLBACK_FAILED when something of it does not load, and what `toPlan` throws
   */
  rollBack(toPlan: (facts: RollbackView) => Promise<RollbackPlan>, backTo?: number): Promise<RolledBack> {
    return this.#queue.alone(() =>
      runRollback(toPlan, {
        ...this.#state,
        backTo,
        serveHeld: (held, run) => this.#serveHeld(held, run),
      }),
    );
  }

  /**
   * The part of a rollback that each of several processes does: serves versions that are held by now.
   *
   * @throws ApiError ROLLBACK_FAILED when something of it does not load here or elsewhere
   */
  serveHeld(held: HeldVersions): Promise<ReloadReport> {
    return this.#queue.alone(() => this.#serveHeld(held, new ReloadRun()));
  }

  /** All local files of which a change matters, on disk or not. */
  async watchedFiles(): Promise<Iterable<string>> {
    const { live, unfinished, apisDir, disk } = this.#state;
    const onDisk = await disk.list(apisDir);
    return [...onDisk, ...live.instances.keys(), ...live.typeFiles.keys(), ...unfinished.pending.keys()];
  }

  /** The code of the version of a file that is loaded, as it was compiled. */
  codeOf(file: string): string | undefined {
    const content = this.#state.live.sourceOf(file)?.content;
    return content?.kind === 'code' ? toCompiled(content.transpiled.code) : undefined;
  }

  /** The source map of the version of a file that is loaded. */
  mapOf(file: string): string | undefined {
    const { live, late } = this.#state;
    const content = (live.sourceOf(file) ?? late.stagedSource(file))?.content;
    return content?.kind === 'code' ? content.transpiled.map : undefined;
  }

  /** All files of which a version is loaded. */
  get liveFiles(): string[] {
    return [...this.#state.live.instances.keys()];
  }

  /** Waits for a reload under way, then disposes of all modules, newest first. */
  async close(): Promise<void> {
    const { live, unfinished, looks, refinement, retirement, doubts, transpiler } = this.#state;
    refinement.stop();
    looks.close();
    await this.#queue.idle();
    await refinement.idle();
    await retirement.idle();
    await retirement.dispose([...live.instances.values()], Promise.resolve());
    doubts.leftovers.close();
    await transpiler.close(new Set([...live.instances.keys(), ...unfinished.pending.keys()]));
  }

  #serveHeld({ touched, ...rollback }: HeldVersions, run: ReloadRun): Promise<ReloadReport> {
    const request: ReloadRequest = { touched, run, reason: 'rollback', rollback };
    return runReloadWithin(this.#options.reloadTimeout(), run, () => this.#reloadAndTell(request));
  }

  async #reloadAndTell(request: ReloadRequest): Promise<ReloadReport> {
    const { registry, onWarnings, onReport, keepGeneration, live, doubts } = this.#state;
    const known = new Set(registry.failures);
    const report = await conductReload(request, this.#state);
    request.run.enter('deriving signatures');
    onWarnings(doubts.ofTypes());
    onReport(
      report,
      report.failed.filter((failure) => !known.has(failure)),
    );
    if (report.swapped) keepGeneration?.(live, report);
    return report;
  }

  #requestLater(files: ReadonlySet<string>): void {
    const { consensus, logs } = this.#options;
    if (consensus !== undefined) return consensus.requestReload(files);
    this.#queue.request(files, 'save').catch((err: unknown) => logs.error('reload failed', { err }));
  }
}

interface Queueing {
  readonly request: ReloadState['request'];
  readonly isBusy: () => boolean;
}

function createState(options: ReloaderOptions, { request, isBusy }: Queueing): ReloadState {
  const live = new LiveModules();
  const unfinished = new Unfinished();
  const late = new LateLoader(live, options);
  const doubts = new ReloadWarnings({ ...options, live });
  return {
    ...options,
    live,
    unfinished,
    paths: options.tsconfig.paths,
    late,
    looks: new LaterLooks(request),
    headStart: new HeadStart({ ...options, live, unfinished, isBusy, before: () => doubts.globals.before() }),
    doubts,
    retirement: new Retirement({ ...options, leftovers: doubts.leftovers }),
    refinement: new Refinement({
      ...options,
      live,
      swaps: options.consensus === undefined,
      onDone: () => options.onWarnings(doubts.publish()),
    }),
    request,
    host: {
      packages: options.packages,
      paths: options.tsconfig.paths,
      runtimeExports: options.runtimeExports,
      loadLate: (file, importer) => late.load(file, importer),
      loadTimeout: options.loadTimeout,
      openServiceView: options.openServiceView,
      afterLateEvaluation: (instance, importer) =>
        runLateLoadHooks(instance, importer, options.loadTimeout()),
      afterEvaluation: (instance) => doubts.globals.afterEvaluation(instance),
    },
  };
}
