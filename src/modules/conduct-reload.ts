import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure } from '../registry/snapshot.ts';
import type { DeriveResult } from '../signatures/signature-checker.ts';
import type { Verdict } from './accept-component.ts';
import { affectedGroups } from './affected-groups.ts';
import { applyDecision, toProposal } from './apply-decision.ts';
import { beginDerivation, thoroughnessOf, type Thoroughness } from './begin-derivation.ts';
import { readChanges, type Changes } from './changes.ts';
import { decideGroups } from './decide-groups.ts';
import { fits, type Begun, type HeadStart } from './head-start.ts';
import { keptInService } from './kept-in-service.ts';
import type { LateLoader } from './late-loader.ts';
import type { LaterLooks } from './later-looks.ts';
import { forgetEdges } from './live-edges.ts';
import type { LiveModules } from './live-modules.ts';
import type { LoadHost } from './load-module.ts';
import { noteSignatures } from './note-signatures.ts';
import { outsideFiles } from './outside-files.ts';
import type { Refinement } from './refinement.ts';
import type { Blocks } from './refuse.ts';
import type { ReloaderOptions } from './reload-options.ts';
import type { Touched } from './reload-queue.ts';
import type { ReloadRun } from './reload-run.ts';
import type { ReloadWarnings } from './reload-warnings.ts';
import type { PathsMatcher } from './resolve-import.ts';
import type { Retirement } from './retirement.ts';
import { rolledBackModules } from './rolled-back.ts';
import type { HeldVersions } from './run-rollback.ts';
import { settleGroups } from './settle-groups.ts';
import { createStage, type Stage } from './stage.ts';
import type { StagedComponent } from './stage-component.ts';
import { stageGroups } from './stage-groups.ts';
import { swapVerdicts } from './swap-verdicts.ts';
import { toReloadReport } from './to-reload-report.ts';
import type { Unfinished } from './unfinished.ts';

/** What the steps of all reloads work on. */
export interface ReloadState extends ReloaderOptions {
  readonly live: LiveModules;
  readonly unfinished: Unfinished;
  readonly paths: PathsMatcher;
  readonly late: LateLoader;
  readonly host: LoadHost;
  readonly looks: LaterLooks;
  readonly headStart: HeadStart;
  readonly doubts: ReloadWarnings;
  readonly retirement: Retirement;
  readonly refinement: Refinement;
  /** Asks for a reload of these files after this one. */
  readonly request: (files: ReadonlySet<string>) => void;
}

export interface ReloadRequest {
  readonly touched: Touched;
  readonly reason: ReloadReason;
  readonly run: ReloadRun;
  readonly rollback?: Omit<HeldVersions, 'touched'>;
}

/** One reload, from what changed on disk to the report. */
export async function conductReload(request: ReloadRequest, state: ReloadState): Promise<ReloadReport> {
  const { reason, run, rollback } = request;
  const { registry, projectDir, live, unfinished } = state;
  const started = performance.now();
  const startedAt = Date.now();
  state.doubts.globals.before();
  const blocks = blocksOf(reason, state);
  const thoroughness = thoroughnessOf(reason, blocks, state);
  const { changes, begun } = await changesOf(request, thoroughness, state);
  run.enter('transpiling');
  state.looks.plan(changes.halfWritten);
  const derivation = begun?.derivation ?? beginDerivation(changes, thoroughness, state);
  const stage = await stageOf(changes, begun, state);
  run.enter('loading modules');
  const groups = affectedGroups(stage, { ...state, reason, changes });
  derivation.complete(new Set(groups.flatMap((files) => [...files])), stage);
  const throwAway = state.retirement.throwAway.bind(state.retirement);
  let staged = await stageGroups(groups, { ...state, stage, derivation, blocks });
  if (reason === 'save') staged = await settleGroups(staged, { ...state, stage, throwAway });
  const accepted = await decide(staged, { request, stage, state });
  const kept = blocks.breakingChanges
    ? keptInService(stage, live, projectDir)
    : new Map<string, ModuleFailure>();
  const removable = [...stage.removed].filter((file) => !kept.has(file));
  const { verdicts, gone } = await agree(accepted, removable, { request, stage, state });
  run.enter('swapping');
  unfinished.note(verdicts, stage, kept);
  registry.setFailures(unfinished.failures);
  const before = registry.current;
  const { loaded, removed, letGo } = swapVerdicts(verdicts, gone, state);
  registry.setRolledBack(rolledBackModules(state));
  run.swapped = true;
  state.consensus?.swapped();
  // Who waits for the new version is answered before the rest of the work.
  if (registry.current !== before) await nextTurn();
  letGo();
  run.enter('deriving signatures');
  const derived = await derivation.result().catch((): DeriveResult => new Map());
  await noteSignatures(derived, changes, { ...state, begun: begun?.at ?? startedAt });
  state.doubts.publish();
  if (!derivation.isComplete) state.refinement.request([...derived.keys()]);
  state.onOutsideFiles(outsideFiles(state));
  return toReloadReport({
    reason,
    started,
    stage,
    before,
    projectDir,
    backTo: rollback?.backTo,
    loaded,
    removed,
    after: registry.current,
    failures: unfinished.failures,
    warnings: registry.warnings,
  });
}

/** Whoever goes back in an emergency is not held up by what is asked of a save. */
function blocksOf(reason: ReloadReason, state: ReloadState): Blocks {
  return reason === 'rollback' ? { typeErrors: false, breakingChanges: false } : state.blocks();
}

interface Found {
  readonly changes: Changes;
  /** What the head start has done of this reload. */
  readonly begun: Begun | undefined;
}

async function changesOf(
  { touched, reason }: ReloadRequest,
  thoroughness: Thoroughness,
  state: ReloadState,
): Promise<Found> {
  const { begun, told } = state.headStart.take();
  const read = (files: Touched): Promise<Changes> => readChanges({ ...state, touched: files, reason });
  const changes = await read(touched).catch((error: unknown) => {
    state.unfinished.retry(told);
    throw error;
  });
  if (told.size === 0) return { changes, begun: undefined };
  const isUseful = begun !== undefined && told.size === 1 && fits(begun, changes, { reason, thoroughness });
  if (isUseful) return { changes, begun };
  // The checker was told of other texts: even what is live is told anew.
  state.unfinished.retry(told);
  return {
    changes: await read(touched === 'all' ? touched : new Set([...touched, ...told])),
    begun: undefined,
  };
}

function stageOf(changes: Changes, begun: Begun | undefined, state: ReloadState): Promise<Stage> {
  const { paths, transpiler, live, disk, unfinished } = state;
  return createStage(changes.files, {
    paths,
    transpiler:
      begun === undefined
        ? transpiler
        : {
            transpile: (file, found) =>
              file === begun.file && found.hash === begun.hash
                ? begun.transpiled
                : transpiler.transpile(file, found),
          },
    liveSource: (file) => live.sourceOf(file),
    read: (file) => disk.read(file),
    parsedBefore: unfinished.parsed(),
  });
}

interface Deciding {
  readonly request: ReloadRequest;
  readonly stage: Stage;
  readonly state: ReloadState;
}

function decide(staged: readonly StagedComponent[], { request, stage, state }: Deciding): Promise<Verdict[]> {
  const { retirement, doubts, late } = state;
  return decideGroups(staged, {
    ...state,
    run: request.run,
    targets: request.rollback?.targets,
    throwAway: (instances) => retirement.throwAway(instances),
    afterHooks: (instance) => doubts.globals.afterHooks(instance),
    onThrownAway: () => forgetEdges(stage, state),
    onDone: () => {
      late.stage(new Map());
      state.onLoading?.([]);
    },
  });
}

/** What becomes of the groups in all processes that serve; alone, what was found here. */
async function agree(
  verdicts: readonly Verdict[],
  gone: readonly string[],
  { request, stage, state }: Deciding,
): Promise<{ verdicts: readonly Verdict[]; gone: readonly string[] }> {
  const { consensus, unfinished, retirement } = state;
  if (consensus === undefined) return { verdicts, gone };
  request.run.enter('agreeing with the other workers');
  const decision = await consensus.agree(toProposal(verdicts, gone)).catch(async (error: unknown) => {
    await retirement.throwAway(verdicts.flatMap(({ component }) => [...component.instances.values()]));
    forgetEdges(stage, state);
    throw error;
  });
  unfinished.retry(decision.retry);
  const applied = applyDecision(verdicts, decision);
  // Not waited for: the other processes are about to swap.
  void retirement.throwAway(applied.thrownAway);
  const removed = new Set(decision.removed);
  return { verdicts: applied.verdicts, gone: gone.filter((file) => removed.has(file)) };
}
