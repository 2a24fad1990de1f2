import type { SendHandle } from 'node:child_process';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { keepListeners } from '../../containment/guard-process.ts';
import type { Generation } from '../../generations/generation.ts';
import { createCapture } from '../../modules/capture-generation.ts';
import type { HeldFile } from '../../modules/disk.ts';
import type { Decision, Proposal } from '../../registry/agreement.ts';
import type { Quarantined } from '../../registry/quarantined.ts';
import type { ReloadReport } from '../../registry/reload-report.ts';
import type { ModuleFailure } from '../../registry/snapshot.ts';
import { createCrashRecorder, type CrashRecorder } from '../../supervision/cluster/crash-record.ts';
import { HeldDoor } from '../../supervision/cluster/held-door.ts';
import { createLogPipe, type LogPipe } from '../../supervision/cluster/log-pipe.ts';
import type { Handlers, Peer } from '../../supervision/cluster/peer.ts';
import type { LoadAnswer, NumberedDecision } from '../../supervision/cluster/reload-round.ts';
import { fromWireError } from '../../supervision/cluster/wire-error.ts';
import { connectToSupervisor } from '../../supervision/cluster/worker-channel.ts';
import { beatEvery } from '../../supervision/cluster/worker-pool.ts';
import { crashRecordFd, logPipeFd } from '../../supervision/cluster/worker-process.ts';
import type { ConfigSource } from '../read-config.ts';
import { createMemberService, type MemberService } from '../start-service.ts';
import type { ClusterMember } from './cluster-member.ts';
import { RemoteSources } from './remote-sources.ts';
import type { GoodVersions } from './shared-sources.ts';
import type { WireLoad } from './wire-sources.ts';

export interface WorkerService extends Pick<MemberService, 'reportDropped' | 'reportStray'> {
  /** Somebody told this process alone to end: another one takes its place first. */
  leave(): void;
}

export interface WorkerOptions {
  readonly source: ConfigSource;
  /** Ends the process; everything is done by then. */
  readonly end: (code: number) => void;
}

/** What the supervisor hands to a process that joins. */
export interface Joining {
  readonly loaded: LoadedConfig;
  /** Of the service, not of this process. */
  readonly startedAt: Date;
}

/** What a process boots with. */
export interface Boot {
  readonly good: GoodVersions;
  /** Whether others serve, so that a part would be less than what clients have now. */
  readonly whole: boolean;
  readonly failures: readonly ModuleFailure[];
}

/** A function that has blocked one process. */
export interface Blocked {
  readonly path: string;
  readonly blockedMs: number;
}

/** What a process keeps between the questions of its supervisor. */
interface Session {
  readonly supervisor: Peer;
  readonly sources: RemoteSources;
  readonly door: HeldDoor;
  readonly recorder: CrashRecorder;
  readonly pipe: LogPipe;
  config: Config;
  status: Readonly<Record<string, unknown>>;
  generation: number;
  booting: boolean;
  /** What has just been swapped in, on demand. */
  captured: (() => Generation) | undefined;
  readonly newFailures: WeakMap<ReloadReport, readonly ModuleFailure[]>;
}

/** A process that serves together with others, led by its supervisor. */
export async function startWorker({ source, end }: WorkerOptions): Promise<WorkerService> {
  const recorder = createCrashRecorder(crashRecordFd);
  const pipe = createLogPipe(logPipeFd);
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  let service: MemberService | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (why: string): void => {
    stopping ??= endInOrder(service?.stop(why), service, pipe).then(end);
  };
  const handlers: Record<string, Handlers[string]> = {
    stop,
    leave(why: string) {
      stopping ??= endInOrder(service?.leave(why), service, pipe).then(end);
    },
  };
  const door = new HeldDoor();
  const supervisor = connectToSupervisor({
    handlers,
    listen: keepListeners,
    onGone() {
      // Nobody else would let in those that wait.
      door.open();
      stop('the supervisor has ended');
    },
  });
  const beats = setInterval(() => {
    recorder.refresh();
    supervisor.tell('beat');
  }, beatEvery);
  beats.unref();
  const joining = await supervisor.ask<Joining>('join');
  const { loaded } = joining;
  const session: Session = {
    supervisor,
    sources: new RemoteSources(supervisor, () => session.config.maxFileSize),
    door,
    recorder,
    pipe,
    config: loaded.config,
    status: {},
    generation: 0,
    booting: false,
    captured: undefined,
    newFailures: new WeakMap(),
  };
  const joined = await createMemberService(source, toMember(session, joining));
  service = joined;
  Object.assign(handlers, handlersOf(session, joined));
  supervisor.tell('joined');
  return {
    reportStray: (message, err) => joined.reportStray(message, err),
    reportDropped: (stream, bytes) => joined.reportDropped(stream, bytes),
    leave: () => supervisor.tell('leaving'),
  };
}

async function endInOrder(
  ending: Promise<void> | undefined,
  service: MemberService | undefined,
  pipe: LogPipe,
): Promise<number> {
  let code = 0;
  try {
    await ending;
  } catch (error) {
    code = 1;
    service?.reportStray('the worker could not stop in order', error);
  }
  await pipe.drained();
  return code;
}

function handlersOf(session: Session, service: MemberService): Record<string, Handlers[string]> {
  const { reloader } = service.modules;
  const { quarantine, registry } = service;
  return {
    async load(load: WireLoad): Promise<LoadAnswer> {
      session.sources.begin(load);
      const { touched, reason, rollback } = load;
      const report =
        rollback === undefined || touched === 'all'
          ? await reloader.reload(touched, reason)
          : await reloader.serveHeld({ touched, ...rollback });
      return { report, newFailures: session.newFailures.get(report) ?? [] };
    },
    boot: (boot: Boot) => bootFrom(boot, session, service),
    hold: () => session.door.hold(),
    open: () => session.door.open(),
    /** The first one opens the port, and hands it on; all others are handed it. */
    async listen(_: undefined, shared: SendHandle | undefined) {
      const { port, url, handle } = await service.listen(shared);
      if (shared === undefined) await session.supervisor.ask('port', undefined, handle as SendHandle);
      return { port, url };
    },
    config(config: Config) {
      session.config = Object.freeze(config);
    },
    status(status: Readonly<Record<string, unknown>>) {
      session.status = status;
    },
    'live-files': () => reloader.liveFiles,
    'watched-files': async () => [...(await reloader.watchedFiles())],
    capture: () => session.captured?.(),
    held: (held: ReadonlyMap<string, HeldFile>) => session.sources.disk.hold(held),
    metrics: () => service.metrics(),
    suspect(path: string) {
      const endpoint = registry.current.endpoints.get(path);
      if (endpoint !== undefined) quarantine.suspect(endpoint);
    },
    bar(entry: Quarantined) {
      const endpoint = registry.current.endpoints.get(entry.endpoint);
      if (endpoint !== undefined) quarantine.bar(endpoint, entry);
    },
    lift: (endpoint: string) => quarantine.lift(endpoint),
  };
}

/** Loads what the others serve, whatever is on disk. */
async function bootFrom(
  { good, whole, failures }: Boot,
  session: Session,
  service: MemberService,
): Promise<void> {
  session.generation = good.generation;
  session.booting = true;
  try {
    const report = await session.sources.from(good, () => service.modules.reloader.reload('all', 'start'));
    const [failed] = report.failed;
    if (failed !== undefined && whole)
      throw new Error(
        `'${failed.module ?? failed.file}' serves elsewhere and cannot be loaded here: ${failed.cause}`,
      );
    service.registry.setFailures([...report.failed, ...failures]);
  } finally {
    session.booting = false;
  }
}

function toMember(session: Session, { loaded, startedAt }: Joining): ClusterMember {
  const { supervisor, sources, recorder, pipe, door } = session;
  const capture = createCapture();
  return {
    loaded,
    startedAt,
    config: {
      get current() {
        return session.config;
      },
      reload: () => supervisor.ask('reload-config'),
    },
    generationAfter: () => session.generation,
    logs: { sink: pipe, base: { worker: process.pid } },
    modules: {
      sources,
      consensus: {
        agree: (proposal) => agree(session, proposal),
        swapped: () => (session.booting ? undefined : supervisor.tell('swapped')),
        requestReload: (files) => supervisor.tell('request-reload', files),
      },
      keepGeneration(live, report) {
        session.captured = () => capture(live, report);
      },
      onLoading: (files) => recorder.loading(files),
      onReport: (report, newFailures) => session.newFailures.set(report, newFailures),
      onWarnings: (warnings) => supervisor.tell('warnings', warnings),
      onOutsideFiles: (files) => supervisor.tell('outside-files', files),
    },
    calls: {
      observer: recorder,
      countElsewhere: (key, rule) => supervisor.ask('count', { key, rule }),
    },
    admin: {
      reload: () => supervisor.ask('reload'),
      reloadConfig: () => supervisor.ask('reload-config'),
      generations: (request) => supervisor.ask('generations', request),
      rollBack: (request) => supervisor.ask('roll-back', request),
    },
    metrics: () => supervisor.ask('metrics'),
    quarantine: {
      blocked: (path, blockedMs) => supervisor.tell('blocked', { path, blockedMs } satisfies Blocked),
      answered: (path) => supervisor.tell('answered', path),
      lift: (endpoint) => supervisor.ask('lift', endpoint),
    },
    door,
    moreState: () => session.status,
  };
}

async function agree(session: Session, proposal: Proposal): Promise<Decision> {
  if (session.booting) return { groups: new Map(), removed: proposal.removed, retry: [] };
  const decision = await session.supervisor.ask<NumberedDecision>('agree', proposal);
  if (decision.refused !== undefined) throw fromWireError(decision.refused);
  session.generation = decision.generation;
  return decision;
}
