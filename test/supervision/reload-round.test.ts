import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Proposal } from '../../src/registry/agreement.ts';
import { HeldDoor } from '../../src/supervision/cluster/held-door.ts';
import { createPeer, type Handlers } from '../../src/supervision/cluster/peer.ts';
import { ReloadRound, type NumberedDecision } from '../../src/supervision/cluster/reload-round.ts';
import type { WorkerEnd, WorkerProcess } from '../../src/supervision/cluster/worker-process.ts';

interface Events {
  readonly happened: string[];
  round: ReloadRound | undefined;
}

interface WorkerOptions {
  /** Milliseconds that each message to it takes. */
  readonly delay: number;
  readonly proposal: Proposal;
  /** Ends in place of proposing. */
  readonly dies?: boolean;
  /** Rejects in place of proposing. */
  readonly fails?: string;
}

const loads: Proposal = {
  groups: [{ key: 'a 1', files: [['a', '1']], loaded: [['a', 'a']], failed: [] }],
  removed: [],
};

/** Both ends of a channel in this process; what is sent over there arrives after `delay`. */
function startWorker(pid: number, events: Events, options: WorkerOptions): WorkerProcess {
  const door = new HeldDoor();
  const note = (what: string): void => void events.happened.push(`${what} ${pid}`);
  let end: (end: WorkerEnd) => void = () => {};
  const ended = new Promise<WorkerEnd>((resolve) => (end = resolve));
  const there: Handlers = {
    async load() {
      note('load');
      if (options.dies === true) {
        worker.state = 'ended';
        worker.peer.close('ended');
        end({ code: 1, signal: null, record: { calls: [], loading: ['a'] }, tornOff: 0 });
        return await new Promise(() => {});
      }
      if (options.fails !== undefined) throw new Error(options.fails);
      const decision = await far.ask<NumberedDecision>('agree', options.proposal);
      if (decision.refused !== undefined) {
        note('refused');
        throw new Error(decision.refused.message);
      }
      note(door.held === undefined ? 'swap unheld' : 'swap');
      far.tell('swapped');
      return { report: { generation: decision.generation }, newFailures: [] };
    },
    hold() {
      note('hold');
      door.hold();
    },
    open() {
      note('open');
      door.open();
    },
  };
  const here: Handlers = {
    agree: (proposal: Proposal) => events.round?.propose(worker, proposal),
    swapped: () => events.round?.swapped(worker),
  };
  const far = createPeer(
    { send: (message) => setTimeout(() => worker.peer.receive(message), 0).hasRef() },
    there,
  );
  const worker: WorkerProcess = {
    pid,
    startedAt: 0,
    since: new Date(),
    servingSince: undefined,
    peer: createPeer(
      { send: (message) => setTimeout(() => far.receive(message), options.delay).hasRef() },
      here,
    ),
    state: 'serving',
    lastBeat: 0,
    loading: false,
    killedFor: undefined,
    ended,
    kill(why) {
      worker.killedFor = why;
      worker.state = 'ended';
      note('killed');
      end({ code: null, signal: 'SIGKILL', record: { calls: [], loading: [] }, tornOff: 0 });
    },
  };
  return worker;
}

interface RoundSettings {
  readonly crashes?: WorkerEnd[];
  readonly targets?: ReadonlySet<string>;
}

function roundOf(
  events: Events,
  workers: readonly WorkerProcess[],
  { crashes = [], targets }: RoundSettings = {},
): ReloadRound {
  events.round = new ReloadRound({
    workers,
    request: () => Promise.resolve({}),
    canary: true,
    targets,
    onCrash: async (end) => void crashes.push(end),
    nextGeneration: 7,
    onSwapped: () => void events.happened.push('served'),
  });
  return events.round;
}

test('nobody swaps before all hold, and nobody is let in before all have swapped', async () => {
  const events: Events = { happened: [], round: undefined };
  const workers = [0, 60].map((delay, index) => startWorker(index + 1, events, { delay, proposal: loads }));
  const { report } = await roundOf(events, workers).run();
  expect(report.generation).toBe(7);
  await sleep(100);
  const at = (what: string): number[] => [1, 2].map((pid) => events.happened.indexOf(`${what} ${pid}`));
  expect(Math.min(...at('hold'), ...at('swap'), ...at('open'))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...at('hold'))).toBeLessThan(Math.min(...at('swap')));
  expect(Math.max(...at('swap'))).toBeLessThan(events.happened.indexOf('served'));
  expect(events.happened.indexOf('served')).toBeLessThan(Math.min(...at('open')));
});

test('while one is too busy to hold, the others let in again, and it is tried anew', async () => {
  const events: Events = { happened: [], round: undefined };
  const workers = [0, 400].map((delay, index) => startWorker(index + 1, events, { delay, proposal: loads }));
  await roundOf(events, workers).run();
  const first = events.happened.filter((what) => what.endsWith(' 1'));
  expect(first.slice(0, 4)).toEqual(['load 1', 'hold 1', 'open 1', 'hold 1']);
  expect(events.happened.filter((what) => what.startsWith('swap'))).toHaveLength(2);
  expect(events.happened.join()).not.toContain('unheld');
  expect(events.happened.join()).not.toContain('killed');
});

test('the first one tries alone: when it ends, the others go on without it', async () => {
  const events: Events = { happened: [], round: undefined };
  const crashes: WorkerEnd[] = [];
  const workers = [
    startWorker(1, events, { delay: 0, proposal: loads, dies: true }),
    startWorker(2, events, { delay: 0, proposal: loads }),
    startWorker(3, events, { delay: 0, proposal: loads }),
  ];
  await roundOf(events, workers, { crashes }).run();
  expect(crashes.map(({ record }) => record.loading)).toEqual([['a']]);
  expect(events.happened.slice(0, 3)).toEqual(['load 1', 'load 2', 'load 3']);
  expect(events.happened).toContain('swap 2');
  expect(events.happened).toContain('swap 3');
});

test('a reload that swaps nothing holds nobody', async () => {
  const events: Events = { happened: [], round: undefined };
  const nothing: Proposal = { groups: [], removed: [] };
  const workers = [1, 2].map((pid) => startWorker(pid, events, { delay: 0, proposal: nothing }));
  await roundOf(events, workers).run();
  expect(events.happened.filter((what) => what.startsWith('hold'))).toEqual([]);
});

test('one that cannot load what the others serve is ended before anybody is let in', async () => {
  const events: Events = { happened: [], round: undefined };
  const workers = [
    startWorker(1, events, { delay: 0, proposal: loads }),
    startWorker(2, events, { delay: 0, proposal: loads, fails: 'its disk hangs' }),
  ];
  await roundOf(events, workers).run();
  const at = (what: string): number => events.happened.indexOf(what);
  expect(at('killed 2')).toBeGreaterThanOrEqual(0);
  expect(at('killed 2')).toBeLessThan(at('swap 1'));
  expect(workers[1]?.killedFor).toContain('could not load');
});

test.each([
  { failing: 1, tried: ['load 1'] },
  { failing: 2, tried: ['load 1', 'load 2', 'refused 1'] },
])(
  'all or nothing: when process $failing fails, no process swaps, and its cause is told',
  async ({ failing, tried }) => {
    const events: Events = { happened: [], round: undefined };
    const workers = [1, 2].map((pid) =>
      startWorker(pid, events, {
        delay: 0,
        proposal: loads,
        ...(pid === failing ? { fails: 'a is no more what it was' } : {}),
      }),
    );
    const round = roundOf(events, workers, { targets: new Set(['a']) });
    await expect(round.run()).rejects.toThrow('a is no more what it was');
    expect(events.happened).toEqual(tried);
  },
);

test('all or nothing: what the processes have not found alike is not taken over', async () => {
  const events: Events = { happened: [], round: undefined };
  const others: Proposal = {
    groups: [{ key: 'a 2', files: [['a', '2']], loaded: [['a', 'a']], failed: [] }],
    removed: [],
  };
  const workers = [loads, others].map((proposal, index) =>
    startWorker(index + 1, events, { delay: 0, proposal }),
  );
  const round = roundOf(events, workers, { targets: new Set(['a']) });
  await expect(round.run()).rejects.toMatchObject({ code: 'ROLLBACK_FAILED' });
  expect(events.happened.filter((what) => what.startsWith('swap'))).toEqual([]);
});
