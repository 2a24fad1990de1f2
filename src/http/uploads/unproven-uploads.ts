import { ApiError } from '../../contract/api-error.ts';

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
export function createUnprovenUploads(): UnprovenUploads {
  let running = 0;
  return {
    take() {
      if (running >= most) {
        throw new ApiError(
          'OVERLOADED',
          `Overloaded: ${most} uploads are running whose token has not come yet; send it first, or as 'Authorization: Bearer …'`,
          { headers: { 'Retry-After': '1' } },
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
