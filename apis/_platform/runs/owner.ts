import { createHash, randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/*
 * An owner is `<process name>:<id>:<pid>:<place>`. The place stands for a machine, and for the space in which its
 * process ids mean something: containers have their own. So a process that was killed is known to be gone by all
 * others of its place, and nobody has to wait until its lease ends.
 */

let kept: string | undefined;

function place(): string {
  kept ??= createHash('sha256').update(`${hostname()} ${pidSpace()}`).digest('hex').slice(0, 12);
  return kept;
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has several.
    return '';
  }
}

/** A name for a new owner in this process, at most 100 characters long. */
export function createOwner(processName: string): string {
  return `${processName.slice(0, 30).replaceAll(':', '-')}:${randomUUID()}:${process.pid}:${place()}`;
}

/** Whether the process of this owner surely does not exist any more. */
export function isGone(owner: string): boolean {
  const [, , pid, ownersPlace] = owner.split(':');
  if (ownersPlace !== place() || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
