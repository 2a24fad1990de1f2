import type { Generation } from '../generations/generation.ts';
import type { GenerationStore } from '../generations/generation-store.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import { createCapture } from './capture-generation.ts';
import { hashOf, type Disk } from './disk.ts';
import type { LiveModules } from './live-modules.ts';

/** Takes down each generation after it serves. */
export type KeepGeneration = (live: LiveModules, report: ReloadReport) => void;

export function createGenerationKeeper(store: GenerationStore, disk: Disk): KeepGeneration {
  const capture = createCapture();
  const keep = createCaptureKeeper(store, disk);
  return (live, report) => keep(capture(live, report), (file) => live.sourceOf(file)?.text);
}

/** Keeps what was captured elsewhere; `textOf` gives the texts of the files that are loaded. */
export function createCaptureKeeper(
  store: GenerationStore,
  disk: Disk,
): (generation: Generation, textOf: (file: string) => string | undefined) => void {
  return (generation, textOf) => {
    store.add(generation, textOf);
    for (const [file, { typesOnly, hash }] of generation.files) {
      if (typesOnly && store.lacks(hash)) void keepTypes(file, hash);
    }
  };

  /** Nobody has loaded these; one that was saved again meanwhile is not kept. */
  async function keepTypes(file: string, hash: string): Promise<void> {
    const found = await disk.readUnder(file).catch(() => undefined);
    if (found !== undefined && 'text' in found && hashOf(found) === hash) store.keepText(hash, found.text);
  }
}
