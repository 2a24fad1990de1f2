import type { ModuleInstance } from '../registry/snapshot.ts';

/**
 * Keeps a module instance from being disposed of until the returned function is called, once. Take the
 * hold in the same moment as the look-up: between the two, a reload could replace and dispose of it.
 */
export function holdInstance(instance: ModuleInstance): () => void {
  instance.inFlight++;
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    instance.inFlight--;
    if (instance.inFlight === 0) instance.onIdle?.();
  };
}
