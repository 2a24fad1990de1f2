import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A call that runs, or ran when its process ended. */
export interface RecordedCall {
  readonly endpoint: string;
  readonly requestId: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface CrashRecord {
  readonly calls: readonly RecordedCall[];
  /** Files that were being loaded, absolute; the last ones only where there are very many. */
  readonly loading: readonly string[];
}

/** So many calls are told by name; others that run at the same time are not. */
const slots = 32;
const slotSize = 256;
/** Two lengths and a time, as a double. */
const headerSize = 10;
const longestId = 64;
const callsSize = slots * slotSize;
const loadingSize = 4_096;

/**
 * What a process is doing, in a file that outlives it. The file has no name, only descriptors: nothing is
 * left behind, whoever is killed.
 */
export interface CrashRecordFile {
  /** To be inherited by the process that writes. */
  readonly fd: number;
  read(): CrashRecord;
  close(): void;
}

export function createCrashRecordFile(): CrashRecordFile {
  const folder = mkdtempSync(join(tmpdir(), 'api-deploy-record-'));
  const fd = openSync(join(folder, 'record'), 'w+');
  rmSync(folder, { recursive: true });
  return {
    fd,
    read() {
      const bytes = Buffer.alloc(callsSize + loadingSize);
      readSync(fd, bytes, 0, bytes.length, 0);
      return fromBytes(bytes);
    },
    close: () => closeSync(fd),
  };
}

export interface CrashRecorder {
  /** The call is on record when this returns; gives what `ended` is given. */
  started(call: { readonly endpoint: { readonly path: string }; readonly requestId: string }): number;
  ended(call: number): void;
  /** Files that are about to be evaluated; none when that is over. */
  loading(files: readonly string[]): void;
  /** Takes calls off the record that have ended since the last one began. */
  refresh(): void;
}

/**
 * Writes the calls that run now, each time that one begins: one `pwrite` of a few hundred bytes, which the
 * operating system keeps when this process is gone. Calls that ended since are taken off by the next write.
 */
export function createCrashRecorder(fd: number): CrashRecorder {
  const bytes = Buffer.alloc(callsSize);
  const free = Array.from({ length: slots }, (_, index) => slots - 1 - index);
  let used = 0;
  let written = 0;
  let stale = false;
  const write = (length: number): void => {
    writeSync(fd, bytes, 0, length, 0);
    written = Math.max(written, length);
    stale = false;
  };
  return {
    started({ endpoint, requestId }) {
      const slot = free.pop();
      if (slot === undefined) return -1;
      const at = slot * slotSize;
      const paths = bytes.write(endpoint.path, at + headerSize, slotSize - headerSize - longestId, 'latin1');
      const ids = bytes.write(requestId, at + headerSize + paths, longestId, 'latin1');
      bytes[at] = paths;
      bytes[at + 1] = ids;
      bytes.writeDoubleLE(Date.now(), at + 2);
      if (slot >= used) used = slot + 1;
      write(used * slotSize);
      return slot;
    },
    ended(slot) {
      if (slot === -1) return;
      bytes[slot * slotSize] = 0;
      free.push(slot);
      stale = true;
    },
    loading(files) {
      const text = Buffer.alloc(loadingSize);
      text.write(files.join('\n').slice(-(loadingSize / 4)));
      writeSync(fd, text, 0, loadingSize, callsSize);
    },
    refresh() {
      if (stale) write(written);
    },
  };
}

function fromBytes(bytes: Buffer): CrashRecord {
  const calls: RecordedCall[] = [];
  for (let at = 0; at < callsSize; at += slotSize) {
    const paths = bytes[at] ?? 0;
    if (paths === 0) continue;
    const start = at + headerSize;
    calls.push({
      endpoint: bytes.toString('latin1', start, start + paths),
      requestId: bytes.toString('latin1', start + paths, start + paths + (bytes[at + 1] ?? 0)),
      since: new Date(bytes.readDoubleLE(at + 2)).toISOString(),
    });
  }
  const text = bytes.toString('utf8', callsSize);
  const loading = text
    .slice(0, text.indexOf('\0'))
    .split('\n')
    .filter((file) => file !== '');
  return { calls, loading };
}
