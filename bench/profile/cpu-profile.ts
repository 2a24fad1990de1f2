import { originalPlace, type CallFrame } from './original-place.ts';

/** What V8 writes with --cpu-prof, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** By the system's monotonic clock, as `process.hrtime` is. Microseconds. */
  readonly startTime: number;
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
}

export interface Cost {
  readonly name: string;
  /** Share of the busy time, 0–1. */
  readonly share: number;
}

const notBusy: ReadonlySet<string> = new Set(['(idle)', '(root)']);

/** By the system's monotonic clock. Microseconds. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface Costs {
  readonly functions: readonly Cost[];
  readonly files: readonly Cost[];
}

/** Self time of functions and of files within the window, largest first. */
export function costsOf(profile: CpuProfile, { from, to }: TimeWindow): Costs {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let busy = 0;
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const frame = nodes.get(id)?.callFrame;
    const time = profile.timeDeltas[index] ?? 0;
    at += time;
    if (at < from || at > to || frame === undefined || notBusy.has(frame.functionName)) continue;
    const { file, line } = originalPlace(frame);
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    const place = file === '' ? name : `${name} ${file}:${line}`;
    busy += time;
    functions.set(place, (functions.get(place) ?? 0) + time);
    files.set(file === '' ? name : file, (files.get(file === '' ? name : file) ?? 0) + time);
  }
  return { functions: toCosts(functions, busy), files: toCosts(files, busy) };
}

function toCosts(times: ReadonlyMap<string, number>, busy: number): Cost[] {
  return [...times]
    .map(([name, time]) => ({ name, share: time / busy }))
    .toSorted((a, b) => b.share - a.share);
}
