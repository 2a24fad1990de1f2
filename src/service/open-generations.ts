import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import { GenerationStore } from '../generations/generation-store.ts';
import type { HeldFile } from '../modules/disk.ts';

/** What an earlier process has left: generations to go back to, and versions that are held. */
export interface KeptGenerations {
  readonly store: GenerationStore;
  readonly held: ReadonlyMap<string, HeldFile>;
}

/** Opens the store in `dataDir`. What cannot be read back is a warning. */
export async function openGenerations(settings: () => Config, logs: LogPort): Promise<KeptGenerations> {
  const { apisDir, dataDir } = settings();
  const store = await GenerationStore.open({
    folder: join(dataDir, 'generations'),
    apisDir,
    keep: () => settings().keepGenerations,
    warn: (message, fields) => logs.system('warn', message, fields),
  });
  const held = new Map<string, HeldFile>();
  for (const [file, pin] of store.pins) {
    const text = pin.hash === undefined ? undefined : await store.text(pin.hash);
    if (pin.hash === undefined) held.set(file, { pin, found: undefined });
    else if (text !== undefined) held.set(file, { pin, found: { text, hash: pin.hash } });
    else
      logs.system(
        'warn',
        `the version of '${file}' in generation ${pin.generation}, which was rolled back to, cannot be read back; the file on disk is served`,
      );
  }
  return { store, held };
}
