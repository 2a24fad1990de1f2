/**
 * `starting` until the first load is done, `stopping` from the first signal to stop. `leaving`: another process
 * takes the place of this one, which finishes what has reached it and refuses nothing.
 */
export type ServiceState = 'starting' | 'ready' | 'leaving' | 'stopping';

/** Whether connections end with their next answer. */
export function isEnding(state: ServiceState): boolean {
  return state === 'leaving' || state === 'stopping';
}
