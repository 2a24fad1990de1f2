/** Milliseconds by a clock that all threads of the process share. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
