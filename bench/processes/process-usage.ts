import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts CPU time in. Microseconds. */
const tick = 10_000;

/** CPU time of a process with all its threads, or undefined where there is no /proc. Microseconds. */
export function cpuTimeOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses and may hold blanks; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick;
}

/** CPU time of a process and those that it started, as far as they still run; undefined where there is no /proc. Microseconds. */
export function cpuTimeWithDescendants(pid: number): number | undefined {
  const own = cpuTimeOf(pid);
  if (own === undefined) return undefined;
  return descendantsOf(pid).reduce((sum, each) => sum + (cpuTimeOf(each) ?? 0), own);
}

/** Resident memory of a process, without those that it started; undefined where there is no /proc. Bytes. */
export function residentMemoryOf(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** The processes that a process started which run the same program, in the order of their ids. */
export function twinsBelow(pid: number): number[] {
  const program = programOf(pid);
  return descendantsOf(pid)
    .filter((each) => programOf(each) === program)
    .toSorted((a, b) => a - b);
}

/** The script that a Node process runs. */
function programOf(pid: number): string | undefined {
  return read(`/proc/${pid}/cmdline`)
    ?.split('\0')
    .find((part) => part.endsWith('.js'));
}

/** The processes that a process started, and those that they started. */
export function descendantsOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '')
      .split(' ')
      .filter((id) => id !== '')
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
