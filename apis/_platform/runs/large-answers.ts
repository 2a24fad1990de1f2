import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** An answer is large from here on. Bytes. */
const large = 64 * 1024;

/** After so many bytes of large answers, what is left of them is collected. */
const collectAfter = 12 * 1024 * 1024;

let collect: (() => void) | undefined;

/**
 * An answer of megabytes becomes a buffer and some texts, which are garbage as soon as it was checked. V8 lets these
 * pile up until its heap has grown to several times of what is alive, and whoever watches the process sees a leak. So
 * runs with large answers have them collected now and then; others never do.
 */
export function createLargeAnswers(): { checked(size: number | undefined): void } {
  let bytes = 0;
  return {
    checked(size = 0) {
      if (size < large) return;
      bytes += size;
      if (bytes < collectAfter) return;
      bytes = 0;
      collect ??= garbageCollector();
      collect();
    },
  };
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('typeof gc === "function" ? gc : undefined') as (() => void) | undefined;
  return found ?? (() => {});
}
