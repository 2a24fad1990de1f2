import { sep } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { LogPort } from '../contract/log-port.ts';
import type { Consensus } from '../registry/agreement.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure, ModuleInstance, ModuleWarning } from '../registry/snapshot.ts';
import type { DeriveResult, SignatureChecker } from '../signatures/signature-checker.ts';
import { acceptComponent, type Verdict } from './accept-component.ts';
import { applyDecision, toProposal } from './apply-decision.ts';
import { lookAgainMs, readChanges, type Changes } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { importedFiles, reachableFrom, type FileInstance } from './file-instance.ts';
import { Derivation } from './derivation.ts';
import { GlobalChanges } from './global-changes.ts';
import { hashOf, type Disk, type HeldFile } from './disk.ts';
import type { KeepGeneration } from './keep-generations.ts';
import { LateLoader } from './late-loader.ts';
import { Leftovers } from './leftovers.ts';
import { disposeOf, runLateLoadHooks, whenIdle } from './lifecycle.ts';
import { LiveModules } from './live-modules.ts';
import { toCompiled, type LoadHost } from './load-module.ts';
import { displayPath } from './module-failure.ts';
import type { PackageLoader } from './packages.ts';
import type { RollbackFacts, RollbackPlan } from './plan-rollback.ts';
import { refine } from './refine.ts';
import type { Blocks } from './refuse.ts';
import { ReloadQueue, type Touched } from './reload-queue.ts';
import { ReloadRun, runReloadWithin } from './reload-run.ts';
import { rollbackRefusal } from './rollback-refusal.ts';
import { rolledBackModules } from './rolled-back.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';
import { awaitedBy, createStage, localImports, type Stage } from './stage.ts';
import type { OpenServiceView } from './service-view.ts';
import type { StagedComponent } from './stage-component.ts';
import { stageGroups } from './stage-groups.ts';
import { toReloadReport } from './to-reload-report.ts';
import { toWarnings } from './to-warnings.ts';
import type { Transpiler } from './transpile-cache.ts';
import { Unfinished } from './unfinished.ts';
import type { UserTsconfig } from './user-tsconfig.ts';

export interface ReloaderOptions {
  /** Absolute. */
  readonly apisDir: string;
  /** Paths in messages are relative to it. */
  readonly projectDir: string;
  readonly registry: Registry;
  readonly logs: LogPort;
  readonly checker: SignatureChecker;
  readonly packages: PackageLoader;
  /** What may be held at an earlier version. */
  readonly disk: Disk;
  readonly tsconfig: UserTsconfig;
  readonly transpiler: Transpiler;
  /** Seconds; asked anew for each reload. */
  readonly loadTimeout: () => number;
  /** Seconds that calls in flight may hold back a disposal, and that one hook of it may take; asked anew. */
  readonly disposeTimeout: () => number;
  /** Whether nobody else, such as a test runner, has a say in what builtins are. */
  readonly ownsProcess: boolean;
  /** Seconds that a whole reload may take; asked anew for each one. */
  readonly reloadTimeout: () => number;
  readonly runtimeExports: Readonly<Record<string, unknown>>;
  /** Folders of the runtime itself, whose types are not watched. */
  readonly runtimeFiles: readonly string[];
  /** Asked anew for each reload. */
  readonly blocks: () => Blocks;
  /** Whether type errors are looked for. */
  readonly checkTypes: () => boolean;
  /** Other processes that serve the same; whatever is swapped, all swap alike. Default: none. */
  readonly consensus?: Consensus | undefined;
  /** What `onLoad` hooks of a file get. */
  readonly openServiceView: OpenServiceView;
  /** Told after a swap of new types of results alone; such swaps have no report. */
  readonly onRefined?: (() => void) | undefined;
  /** Told of the files of a group before they are evaluated, and of none when that is over. */
  readonly onLoading?: ((files: readonly string[]) => void) | undefined;
  /** Told of type errors and doubtful doc comments, each time they may have changed. */
  readonly onWarnings: (warnings: readonly ModuleWarning[]) => void;
  /** Told of each reload after its generation serves, with the failures that are new. */
  readonly onReport: (report: ReloadReport, newFailures: readonly ModuleFailure[]) => void;
  /** Told of each generation after it serves; without it, nothing is kept to go back to. */
  readonly keepGeneration?: KeepGeneration | undefined;
  /** Told after each reload which files outside `apisDir` matter. */
  readonly onOutsideFiles: (files: readonly string[]) => void;
}

/** Seconds that the end waits for what is still being derived. */
const refineTimeout = 2;

/** Files whose types are looked at in one go, when nobody waits for it. */
const refineAtOnce = 20;

/** Groups whose files are evaluated before the first of them is looked at. */
const groupsAtOnce = 50;

/** Seconds that a reload waits for the `onDispose` hooks of a version that never served. */
const throwAwayTimeout = 1;

/** How long a save that breaks or removes something is given to turn out half-written. */
const settleMs = 50;

/**
 * The only conductor of reloads: read → parse → graph → signatures → load → check → SWAP → dispose.
 *
 * What changed is loaded beside what is live, in groups of files that import each other. A group whose
 * members all work is swapped in; one that would break a module that serves is thrown away, and its last
 * good version stays. See ARCHITECTURE.md, "The reload path".
 */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #live = new LiveModules();
  readonly #queue: ReloadQueue;
  readonly #late: LateLoader;
  readonly #host: LoadHost;
  readonly #unfinished = new Unfinished();
  readonly #retiring = new Set<Promise<void>>();
  /** Looks at half-written files again. */
  readonly #looks = new Set<NodeJS.Timeout>();
  #refining: Promise<void> = Promise.resolve();
  #closing = false;
  /** What was replaced and may still be in use by calls, by the promise that they have ended or taken too long. */
  readonly #busy = new Map<Promise<void>, Busy>();
  readonly #leftovers: Leftovers;
  readonly #globals: GlobalChanges;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#queue = new ReloadQueue((touched, reason) =>
      runReloadWithin(options.reloadTimeout(), new ReloadRun(), (run) =>
        this.#reloadAndTell({ touched, reason, run }),
      ),
    );
    this.#late = new LateLoader(this.#live, options);
    this.#leftovers = new Leftovers({ ...options, onChange: () => void this.#setWarnings() });
    this.#globals = new GlobalChanges(options);
    this.#host = {
      packages: options.packages,
      paths: options.tsconfig.paths,
      runtimeExports: options.runtimeExports,
      loadLate: (file, importer) => this.#late.load(file, importer),
      loadTimeout: options.loadTimeout,
      openServiceView: options.openServiceView,
      afterLateEvaluation: (instance, importer) =>
        runLateLoadHooks(instance, importer, options.loadTimeout()),
      afterEvaluation: (instance) => this.#globals.afterEvaluation(instance),
    };
  }

  /**
   * Brings what is served up to date with the disk. Requests during a reload share the next one.
   *
   * @throws when `apisDir` itself cannot be read
   */
  reload(touched: Touched, reason: ReloadReason): Promise<ReloadReport> {
    return this.#queue.request(touched, reason);
  }

  /**
   * Serves other versions than the disk has, or lets go of such versions; `toPlan` says which, and is asked
   * when no reload is under way. All of it is taken over, or nothing.
   *
   * @throws ApiError ROLLBACK_FAILED when something of it does not load, and what `toPlan` throws
   */
  rollBack(toPlan: (facts: RollbackView) => Promise<RollbackPlan>, backTo?: number): Promise<RolledBack> {
    return this.#queue.alone(() => this.#rollBack(toPlan, backTo));
  }

  /** All local files of which a change matters, on disk or not. */
  async watchedFiles(): Promise<Iterable<string>> {
    const { instances, typeFiles } = this.#live;
    const { apisDir, disk } = this.#options;
    const onDisk = await disk.list(apisDir);
    return [...onDisk, ...instances.keys(), ...typeFiles.keys(), ...this.#unfinished.pending.keys()];
  }

  /** The code of the version of a file that is loaded, as it was compiled. */
  codeOf(file: string): string | undefined {
    const content = this.#live.sourceOf(file)?.content;
    return content?.kind === 'code' ? toCompiled(content.transpiled.code) : undefined;
  }

  /** The source map of the version of a file that is loaded. */
  mapOf(file: string): string | undefined {
    const content = (this.#live.sourceOf(file) ?? this.#late.stagedSource(file))?.content;
    return content?.kind === 'code' ? content.transpiled.map : undefined;
  }

  /** All files of which a version is loaded. */
  get liveFiles(): string[] {
    return [...this.#live.instances.keys()];
  }

  /** Waits for a reload under way, then disposes of all modules, newest first. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const look of this.#looks) clearTimeout(look);
    await this.#queue.idle();
    await withDeadline(this.#refining, refineTimeout, 'still busy').catch(() => {});
    await Promise.all(this.#retiring);
    await this.#dispose([...this.#live.instances.values()], Promise.resolve());
    this.#leftovers.close();
    await this.#options.transpiler.close(
      new Set([...this.#live.instances.keys(), ...this.#unfinished.pending.keys()]),
    );
  }

  async #reloadAndTell(request: ReloadRequest): Promise<ReloadReport> {
    const { registry, onWarnings, onReport, keepGeneration } = this.#options;
    const known = new Set(registry.failures);
    const report = await this.#reload(request);
    request.run.enter('deriving signatures');
    // The others are logged by whoever finds them.
    onWarnings(toWarnings(this.#live, this.#options.projectDir));
    onReport(
      report,
      report.failed.filter((failure) => !known.has(failure)),
    );
    if (report.swapped) keepGeneration?.(this.#live, report);
    return report;
  }

  async #rollBack(
    toPlan: (facts: RollbackView) => Promise<RollbackPlan>,
    backTo: number | undefined,
  ): Promise<RolledBack> {
    const { disk, reloadTimeout } = this.#options;
    const plan = await toPlan({ ...this.#options, live: this.#live });
    const { touched, targets } = plan;
    const before = disk.held;
    const run = new ReloadRun();
    disk.hold(plan.held);
    try {
      const request = { touched, reason: 'rollback', run, rollback: { targets, backTo } } as const;
      const report = await runReloadWithin(reloadTimeout(), run, () => this.#reloadAndTell(request));
      return { report, plan };
    } catch (error) {
      if (!run.swapped) await this.#holdAgain(before, touched);
      throw error;
    } finally {
      disk.tell();
    }
  }

  /** The type checker has read what was to be held, and is told what is there instead. */
  async #holdAgain(held: ReadonlyMap<string, HeldFile>, files: ReadonlySet<string>): Promise<void> {
    const { disk, checker } = this.#options;
    disk.hold(held);
    const changed = new Map<string, string>();
    const removed: string[] = [];
    for (const file of files) {
      const found = await disk.read(file);
      if (found === undefined) removed.push(file);
      else if ('text' in found) changed.set(file, found.text);
    }
    const served = this.#live.servedFiles;
    await checker.derive({ changed, removed, served, wanted: [] }).catch(() => {});
  }

  async #reload({ touched, reason, run, rollback }: ReloadRequest): Promise<ReloadReport> {
    const started = performance.now();
    const begun = Date.now();
    this.#globals.before();
    const { apisDir, registry, projectDir, disk } = this.#options;
    const changes = await readChanges({
      touched,
      reason,
      apisDir,
      disk,
      live: this.#live,
      unfinished: this.#unfinished,
    });
    run.enter('transpiling');
    this.#lookAgain(changes.halfWritten);
    const blocks = this.#blocks(reason);
    const derivation = this.#derivation(changes, reason, blocks);
    const stage = await this.#stage(changes);
    run.enter('loading modules');
    const groups = this.#live.graph
      .components(this.#affectedBy(stage, changes))
      .filter((files) => reason !== 'save' || this.#isDue(files, changes));
    derivation.complete(new Set(groups.flatMap((files) => [...files])), stage);
    let staged = await this.#stageGroups(groups, { stage, derivation, taken: new Map(), blocks });
    if (reason === 'save') staged = await this.#settled(staged, stage);
    const accepted = await this.#decide(staged, { run, stage, targets: rollback?.targets });
    const kept = blocks.breakingChanges ? this.#keptInService(stage) : new Map<string, ModuleFailure>();
    const removable = [...stage.removed].filter((file) => !kept.has(file));
    const { verdicts, gone } = await this.#agree(accepted, removable, run);
    run.enter('swapping');
    this.#unfinished.note(verdicts, stage, kept);
    registry.setFailures(this.#unfinished.failures);
    const before = registry.current;
    const swapped = this.#swap(verdicts, gone);
    registry.setRolledBack(rolledBackModules({ live: this.#live, disk, apisDir, projectDir }));
    run.swapped = true;
    this.#options.consensus?.swapped();
    // Who waits for the new version is answered before the rest of the work.
    if (registry.current !== before) await nextTurn();
    run.enter('deriving signatures');
    const derived = await derivation.result().catch((): DeriveResult => new Map());
    await this.#noteSignatures(derived, changes, begun);
    this.#setWarnings();
    if (!derivation.isComplete) this.#refineLater([...derived.keys()]);
    this.#options.onOutsideFiles(this.#outsideFiles());
    const failures = this.#unfinished.failures;
    return toReloadReport({
      reason,
      started,
      stage,
      before,
      after: registry.current,
      ...swapped,
      failures,
      warnings: registry.warnings,
      projectDir,
      backTo: rollback?.backTo,
    });
  }

  /** What becomes of the groups in all processes that serve; alone, what was found here. */
  async #agree(
    verdicts: readonly Verdict[],
    gone: readonly string[],
    run: ReloadRun,
  ): Promise<{ verdicts: readonly Verdict[]; gone: readonly string[] }> {
    const { consensus } = this.#options;
    if (consensus === undefined) return { verdicts, gone };
    run.enter('agreeing with the other workers');
    const decision = await consensus.agree(toProposal(verdicts, gone));
    this.#unfinished.retry(decision.retry);
    const applied = applyDecision(verdicts, decision);
    // Not waited for: the other processes are about to swap.
    void this.#throwAway(applied.thrownAway);
    const removed = new Set(decision.removed);
    return { verdicts: applied.verdicts, gone: gone.filter((file) => removed.has(file)) };
  }

  /** In case that a half-written file stays as it is, of which no event tells. */
  #lookAgain(files: ReadonlySet<string>): void {
    if (files.size === 0) return;
    const look = setTimeout(() => {
      this.#looks.delete(look);
      this.#requestLater(files);
    }, lookAgainMs);
    this.#looks.add(look);
  }

  #requestLater(files: Iterable<string>): void {
    const { consensus } = this.#options;
    if (consensus !== undefined) return consensus.requestReload(new Set(files));
    this.#queue
      .request(new Set(files), 'save')
      .catch((err: unknown) => this.#options.logs.error('reload failed', { err }));
  }

  /** Files that are gone and serve on, because `breakingChanges` is 'block'. */
  #keptInService(stage: Stage): ReadonlyMap<string, ModuleFailure> {
    const { projectDir } = this.#options;
    const kept = new Map<string, ModuleFailure>();
    for (const file of stage.removed) {
      const served = this.#live.served.get(file);
      if (served === undefined || served.endpoints.length === 0) continue;
      const cause = "the file is gone; its functions are served on, because breakingChanges is 'block'";
      const since = new Date().toISOString();
      kept.set(file, { module: served.module.module, file: displayPath(file, projectDir), cause, since });
    }
    return kept;
  }

  /** What nobody has to wait for: types of results, type errors and warnings of what serves by now. */
  #refineLater(files: readonly string[]): void {
    const before = this.#refining;
    // The checker's own failures are told by the next reload, which fails too.
    this.#refining = before.then(() => this.#refine(files)).catch(() => {});
  }

  /** A few files at a time, so that a save that needs the checker need not wait for all. */
  async #refine(files: readonly string[]): Promise<void> {
    const { checker, checkTypes, registry, consensus, onWarnings } = this.#options;
    for (let at = 0; at < files.length && !this.#closing; at += refineAtOnce) {
      const wanted = files.slice(at, at + refineAtOnce).filter((file) => this.#live.served.has(file));
      if (wanted.length === 0) continue;
      const asked = new Map(wanted.map((file) => [file, this.#live.served.get(file)]));
      const served = this.#live.servedFiles;
      const question = { changed: new Map(), removed: [], served, wanted, typeErrors: checkTypes() };
      const changed = refine(this.#live, asked, await checker.derive(question));
      if (changed.length === 0 || consensus !== undefined) continue;
      registry.swap(this.#live.toSnapshot());
      this.#options.onRefined?.();
    }
    onWarnings(this.#setWarnings());
  }

  /** Gives those of types and doc comments alone: the others are logged by whoever finds them. */
  #setWarnings(): readonly ModuleWarning[] {
    const warnings = toWarnings(this.#live, this.#options.projectDir);
    this.#options.registry.setWarnings([...warnings, ...this.#globals.warnings, ...this.#leftovers.warnings]);
    return warnings;
  }

  #derivation(changes: Changes, reason: ReloadReason, blocks: Blocks): Derivation {
    const { checker, checkTypes, apisDir, consensus } = this.#options;
    const blocking = blocks.typeErrors || blocks.breakingChanges;
    return new Derivation(changes, {
      checker,
      live: this.#live,
      apisDir,
      checkTypes: checkTypes(),
      typeErrors: blocks.typeErrors || (reason === 'admin' && checkTypes()),
      // A result's type that is found later would be swapped by each process at a time of its own.
      quick: reason === 'save' && !blocking && consensus === undefined,
    });
  }

  #stage(changes: Changes): Promise<Stage> {
    return createStage(changes.files, {
      paths: this.#options.tsconfig.paths,
      transpiler: this.#options.transpiler,
      liveSource: (file) => this.#live.sourceOf(file),
      read: (file) => this.#options.disk.read(file),
      parsedBefore: this.#unfinished.parsed(),
    });
  }

  /** What has to be loaded anew: the changed files, whoever imports them, and whoever uses their types. */
  #affectedBy(stage: Stage, changes: Changes): Set<string> {
    const { graph } = this.#live;
    for (const [file, source] of stage.sources) {
      const live = this.#live.sourceOf(file) === undefined ? [] : graph.importsOf(file);
      graph.setImports(file, [...live, ...localImports(source, this.#options.tsconfig.paths)]);
    }
    const changed = new Set([
      ...stage.sources.keys(),
      ...stage.problems.keys(),
      ...stage.removed,
      ...changes.types.keys(),
    ]);
    // Sorted, so that whatever depends on the order is the same each time.
    return new Set([...graph.withImporters([...changed, ...this.#live.types.dependentsOf(changed)])].sort());
  }

  /**
   * A group that failed before is tried again when somebody touched it, when a missing import may be found now,
   * or when the file that had a module's name is gone.
   */
  #isDue(files: ReadonlySet<string>, changes: Changes): boolean {
    const fresh = new Set([
      ...changes.fresh,
      ...this.#live.types.dependentsOf([...changes.fresh, ...changes.types.keys()]),
    ]);
    const { apisDir } = this.#options;
    const gone = [...changes.files].flatMap(([file, found]) => (found === undefined ? [file] : []));
    const freed = new Set(gone.map((file) => moduleNameOf(file, apisDir)));
    return [...files].some(
      (file) =>
        fresh.has(file) ||
        (changes.filesAppeared && this.#unfinished.missingImports.has(file)) ||
        (isServedFile(file, apisDir) && freed.has(moduleNameOf(file, apisDir))),
    );
  }

  #stageGroups(groups: readonly ReadonlySet<string>[], about: Staging): Promise<StagedComponent[]> {
    const { stage, derivation, blocks, taken } = about;
    const { registry, apisDir, projectDir, onLoading } = this.#options;
    return stageGroups(groups, stage, {
      // Whoever is told what is loading wants to know which file it was that ended the process.
      atOnce: onLoading === undefined ? groupsAtOnce : 1,
      onStaged({ loaded }) {
        for (const [file, { module }] of loaded) taken.set(module.module, file);
      },
      apisDir,
      projectDir,
      loadTimeout: this.#options.loadTimeout(),
      host: this.#host,
      liveInstance: (file) => this.#live.instances.get(file),
      liveEndpoint: (path) => registry.current.endpoints.get(path),
      liveEndpointsOf: (file) => this.#live.served.get(file)?.endpoints ?? [],
      blocks,
      onInstances: (instances) => {
        this.#late.stage(instances);
        onLoading?.([...instances.keys()]);
      },
      servedElsewhere: (module, file) => this.#servedElsewhere(module, file, about),
      signatures: (file, names) => derivation.signaturesOf(file, names),
    });
  }

  /** Whoever goes back in an emergency is not held up by what is asked of a save. */
  #blocks(reason: ReloadReason): Blocks {
    return reason === 'rollback' ? { typeErrors: false, breakingChanges: false } : this.#options.blocks();
  }

  /**
   * What becomes of each group.
   *
   * @throws ApiError when it is a rollback and a part of it fails, or the run was given up: all is thrown away then
   */
  async #decide(staged: readonly StagedComponent[], about: Deciding): Promise<Verdict[]> {
    const { run, stage, targets } = about;
    let verdicts: Verdict[] = [];
    try {
      run.enter('running onLoad hooks');
      const serves = (file: string): boolean => this.#live.served.has(file);
      if (targets !== undefined) throwWhenRefused(rollbackRefusal(staged, targets, serves));
      verdicts = await this.#accept(staged, run);
      if (targets !== undefined) throwWhenRefused(rollbackRefusal(verdicts, targets, serves));
      run.enter('running onLoad hooks');
      return verdicts;
    } catch (error) {
      await this.#throwAway(staged.flatMap(({ instances }) => [...instances.values()]));
      this.#forgetEdges(stage);
      throw error;
    } finally {
      if (!run.isGivenUp) {
        this.#late.stage(new Map());
        this.#options.onLoading?.([]);
      }
    }
  }

  /** Of versions that were staged and are not kept. */
  #forgetEdges(stage: Stage): void {
    const { graph, instances } = this.#live;
    for (const file of stage.sources.keys()) {
      const instance = instances.get(file);
      if (instance !== undefined) graph.setImports(file, this.#importsOf(instance));
      else if (!this.#unfinished.pending.has(file)) graph.remove(file);
    }
  }

  #importsOf(instance: FileInstance): string[] {
    return [...localImports(instance.source, this.#options.tsconfig.paths), ...importedFiles(instance)];
  }

  async #accept(staged: readonly StagedComponent[], run: ReloadRun): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const component of staged) {
      run.enter('running onLoad hooks');
      const loadTimeout = this.#options.loadTimeout();
      verdicts.push(
        await acceptComponent(component, {
          ...this.#options,
          live: this.#live,
          loadTimeout,
          throwAway: (instances) => this.#throwAway(instances),
          afterHooks: (instance) => this.#globals.afterHooks(instance),
        }),
      );
    }
    return verdicts;
  }

  /** The other file that has a module's name, as far as it is known before anything new is loaded. */
  #servedElsewhere(module: string, file: string, { stage, taken }: Staging): string | undefined {
    const live = this.#options.registry.current.modules.get(module)?.file;
    const other = taken.get(module) ?? (live === undefined || stage.removed.has(live) ? undefined : live);
    return other === file ? undefined : other;
  }

  /** Gives a save that breaks or removes something a moment: when its files change again, it was half-written. */
  async #settled(staged: StagedComponent[], stage: Stage): Promise<StagedComponent[]> {
    const suspects = staged.filter(
      (component) => component.failed.size > 0 || this.#removesEndpoints(component),
    );
    if (suspects.length === 0) return staged;
    await sleep(settleMs);
    const unsettled = new Set<StagedComponent>();
    for (const component of suspects) {
      const files = [...component.files].filter((file) => stage.hashes.has(file) || stage.problems.has(file));
      const now = await Promise.all(files.map((file) => this.#options.disk.read(file)));
      if (files.every((file, index) => hashOf(now[index]) === stage.hashes.get(file))) continue;
      unsettled.add(component);
      // The checker has seen the half-written texts: even what goes back to the live content is read anew.
      this.#unfinished.retry(files);
      this.#requestLater(files);
      await this.#throwAway([...component.instances.values()]);
    }
    return staged.filter((component) => !unsettled.has(component));
  }

  #removesEndpoints({ loaded }: StagedComponent): boolean {
    return [...loaded].some(([file, { endpoints }]) => {
      const names = new Set(endpoints.map(({ name }) => name));
      return this.#live.served.get(file)?.endpoints.some(({ name }) => !names.has(name));
    });
  }

  /** `begun`: before the checker read anything, of `Date.now()`. */
  async #noteSignatures(derived: DeriveResult, changes: Changes, begun: number): Promise<void> {
    for (const [file, text] of changes.types) {
      if (text === undefined) this.#live.typeFiles.delete(file);
      else this.#live.typeFiles.set(file, text.hash);
    }
    for (const [file, signatures] of derived) {
      this.#live.types.set(file, signatures);
      for (const dependency of signatures.dependencies) {
        if (this.#live.typeFiles.has(dependency) || isWithin(dependency, this.#options.runtimeFiles))
          continue;
        const hash = await this.#options.disk.hashAsReadSince(dependency, begun);
        if (hash !== undefined) this.#live.typeFiles.set(dependency, hash);
      }
    }
  }

  /** Makes the accepted components what is served, from one moment to the next, then lets the old ones go. */
  #swap(verdicts: readonly Verdict[], gone: readonly string[]): { loaded: string[]; removed: string[] } {
    const live = this.#live;
    const { registry } = this.#options;
    const replaced = gone.flatMap((file) => live.served.get(file)?.module ?? []);
    const removed = replaced.map(({ module }) => module);
    for (const file of gone) live.remove(file);
    const loaded: string[] = [];
    for (const { component, loaded: modules } of verdicts) {
      const kept = reachableFrom([...modules.values()].map(({ instance }) => instance));
      for (const [file, instance] of component.instances) {
        if (!kept.has(instance)) continue;
        live.instances.set(file, instance);
        live.graph.setImports(file, this.#importsOf(instance));
      }
      for (const [file, served] of modules) {
        replaced.push(...[live.served.get(file)?.module ?? []].flat());
        live.serve(file, served);
        loaded.push(served.module.module);
      }
    }
    if (loaded.length > 0 || removed.length > 0 || !registry.hasServed) {
      registry.swap(live.toSnapshot());
      this.#retire(
        replaced,
        live.prune((file) => this.#unfinished.pending.has(file)),
      );
    }
    for (const file of gone) if (!live.instances.has(file)) live.graph.remove(file);
    return { loaded, removed };
  }

  #retire(replaced: readonly ModuleInstance[], orphans: readonly FileInstance[]): void {
    // Their successors hear of this swap.
    for (const orphan of orphans) void orphan.view?.close();
    const ended = whenIdle(replaced);
    const idle = withDeadline(ended, this.#options.disposeTimeout(), 'still busy').catch(() => {});
    this.#busy.set(idle, { orphans, ended });
    // A call that began on an older generation still may use what only this one lets go of.
    const users = [...this.#busy].filter(([, older]) => {
      const used = reachableFrom(older.orphans);
      return orphans.some((orphan) => used.has(orphan));
    });
    const callsEnded = Promise.all(users.map(([, user]) => user.ended));
    const retiring = Promise.all(users.map(([patience]) => patience)).then(() =>
      this.#dispose(orphans, callsEnded),
    );
    void idle.then(() => this.#busy.delete(idle));
    this.#keepUntilDone(retiring);
  }

  /** The next version may need what this one holds, so it is waited for, but not for long: a hook may hang. */
  async #throwAway(instances: readonly FileInstance[]): Promise<void> {
    const disposing = this.#dispose(instances, Promise.resolve());
    this.#keepUntilDone(disposing);
    await withDeadline(disposing, throwAwayTimeout, 'still busy').catch(() => {});
  }

  async #dispose(instances: readonly FileInstance[], callsEnded: Promise<unknown>): Promise<void> {
    const { logs, disposeTimeout } = this.#options;
    await disposeOf(instances, { logs, timeout: disposeTimeout(), callsEnded });
    void this.#leftovers.lookAfter(instances, callsEnded);
  }

  #keepUntilDone(disposing: Promise<void>): void {
    const done = disposing.finally(() => this.#retiring.delete(done));
    this.#retiring.add(done);
  }

  #outsideFiles(): string[] {
    const { apisDir, tsconfig } = this.#options;
    const unfinished = [...this.#unfinished.parsed().values()];
    const files = [
      ...this.#live.instances.keys(),
      ...this.#live.typeFiles.keys(),
      ...this.#unfinished.pending.keys(),
      ...unfinished.flatMap((source) => awaitedBy(source, tsconfig.paths)),
    ];
    return files.filter((file) => !isWithin(file, [apisDir]));
  }
}

interface Busy {
  readonly orphans: readonly FileInstance[];
  /** Resolves when its last call has ended, however long that takes. */
  readonly ended: Promise<void>;
}

interface ReloadRequest {
  readonly touched: Touched;
  readonly reason: ReloadReason;
  readonly run: ReloadRun;
  readonly rollback?: {
    readonly targets: ReadonlySet<string>;
    /** Undefined when versions are let go of. */
    readonly backTo: number | undefined;
  };
}

/** What a plan is made from, besides the texts of earlier versions. */
export type RollbackView = Omit<RollbackFacts, 'textOf'>;

/** What a rollback did. */
export interface RolledBack {
  readonly report: ReloadReport;
  readonly plan: RollbackPlan;
}

interface Deciding {
  readonly run: ReloadRun;
  readonly stage: Stage;
  /** Of a rollback: what must load, or nothing changes. */
  readonly targets: ReadonlySet<string> | undefined;
}

function throwWhenRefused(refusal: Error | undefined): void {
  if (refusal !== undefined) throw refusal;
}

interface Staging {
  readonly blocks: Blocks;
  readonly stage: Stage;
  readonly derivation: Derivation;
  /** By module name, files that were loaded in this reload. */
  readonly taken: Map<string, string>;
}

function isWithin(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(folder + sep));
}
