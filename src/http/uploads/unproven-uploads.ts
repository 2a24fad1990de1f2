import type { ShedReason } from '../../contract/meter.ts';
import { overloaded } from '../../contract/overloaded.ts';

/** Limits how many uploads write to the disk before anybody knows whose they are. */
export interface UnprovenUploads {
  /**
   * A place, and the way to give it back, more than once without harm.
   *
   * @throws ApiError OVERLOADED
   */
  take(): () => void;
}

/** At once, in this process; each of them at most `uploadLimit`. */
const most = 16;

/** Clients that send their token first, in the `Authorization` header or before the files, need no place. */
export function createUnprovenUploads(onShed: (reason: ShedReason) => void): UnprovenUploads {
  let running = 0;
  return {
    take() {
      if (running >= most) {
        onShed('uploads');
        throw overloaded(
          `${most} uploads are running whose token has not come yet (send it first, or as 'Authorization: Bearer …')`,
        );
      }
      running++;
      let held = true;
      return () => {
        if (held) running--;
        held = false;
      };
    },
  };
}
