import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCrashRecordFile, type CrashRecord } from './crash-record.ts';
import { createPeer, type Handlers, type Peer } from './peer.ts';
import { relayLines } from './relay-lines.ts';
import { workerMark } from './worker-mark.ts';
import type { WorkerState } from './worker-state.ts';

/** Descriptors that a serving process inherits besides the usual ones. */
export const logPipeFd = 4;
export const crashRecordFd = 5;

/** How a process ended, and what it was doing. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly record: CrashRecord;
  /** Characters of a log line that was torn off; 0 when there is none. */
  readonly tornOff: number;
}

/** A serving process, as its supervisor sees it. */
export interface WorkerProcess {
  readonly pid: number;
  /** Of `performance.now()`. */
  readonly startedAt: number;
  readonly since: Date;
  /** When it began to serve; of `performance.now()`. */
  servingSince: number | undefined;
  readonly peer: Peer;
  state: WorkerState;
  /** When it last gave a sign of life; of `performance.now()`. */
  lastBeat: number;
  /** It evaluates modules, which may block it for longer than calls may. */
  loading: boolean;
  /** Why we killed it, if we did. */
  killedFor: string | undefined;
  /** Resolves after it has ended and all of its log lines have been passed on. Never rejects. */
  readonly ended: Promise<WorkerEnd>;
  kill(why: string): void;
}

export interface ForkOptions {
  readonly handlersOf: (worker: () => WorkerProcess) => Handlers;
  readonly onLines: (lines: string) => void;
}

/** How long a pipe may stay open after its process has ended. Milliseconds. */
const pipeGrace = 1_000;

/** Starts one more process of the program that runs here, with the same arguments. */
export function forkWorker({ handlersOf, onLines }: ForkOptions): WorkerProcess {
  const record = createCrashRecordFile();
  const [, program = ''] = process.argv;
  const forked = fork(program, process.argv.slice(2), {
    env: { ...process.env, [workerMark]: '1' },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe', record.fd],
  });
  const now = performance.now();
  const worker: WorkerProcess = {
    pid: forked.pid ?? 0,
    startedAt: now,
    since: new Date(),
    servingSince: undefined,
    peer: createPeer(
      {
        send(message, handle) {
          if (!forked.connected) return false;
          forked.send(message as object, handle, {}, () => {});
          return true;
        },
      },
      handlersOf(() => worker),
    ),
    state: 'starting',
    lastBeat: now,
    loading: false,
    killedFor: undefined,
    ended: untilEnd(forked, onLines).then(({ code, signal, tornOff }) => {
      worker.state = 'ended';
      worker.peer.close(`process ${worker.pid} has ended`);
      const end = { code, signal, tornOff, record: record.read() };
      record.close();
      return end;
    }),
    kill(why) {
      worker.killedFor ??= why;
      forked.kill('SIGKILL');
    },
  };
  forked.on('message', (message, handle) => worker.peer.receive(message, handle));
  forked.on('error', () => {});
  return worker;
}

async function untilEnd(
  worker: ChildProcess,
  onLines: (lines: string) => void,
): Promise<Omit<WorkerEnd, 'record'>> {
  const pipe = worker.stdio[logPipeFd] as Readable;
  const relayed = relayLines({ pipe, onLines });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    worker.once('exit', (code, signal) => resolve([code, signal]));
    // It could not even be started.
    worker.once('error', () => resolve([null, null]));
  });
  const tornOff = await Promise.race([relayed, sleep(pipeGrace, 0)]);
  pipe.destroy();
  return { code, signal, tornOff };
}
