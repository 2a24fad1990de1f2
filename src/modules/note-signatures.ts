import type { DeriveResult } from '../signatures/signature-checker.ts';
import type { Changes } from './changes.ts';
import type { Disk } from './disk.ts';
import { isWithin } from './is-within.ts';
import type { LiveModules } from './live-modules.ts';

export interface NoteOptions {
  readonly live: LiveModules;
  readonly disk: Disk;
  /** Folders of the runtime itself, whose types are not watched. */
  readonly runtimeFiles: readonly string[];
  /** Before the checker read anything, of `Date.now()`. */
  readonly begun: number;
}

/** Takes down what was derived, and the files that it depends on. */
export async function noteSignatures(
  derived: DeriveResult,
  { types }: Changes,
  { live, disk, runtimeFiles, begun }: NoteOptions,
): Promise<void> {
  for (const [file, text] of types) {
    if (text === undefined) live.typeFiles.delete(file);
    else live.typeFiles.set(file, text.hash);
  }
  for (const [file, signatures] of derived) {
    live.types.set(file, signatures);
    for (const dependency of signatures.dependencies) {
      if (live.typeFiles.has(dependency) || isWithin(dependency, runtimeFiles)) continue;
      const hash = await disk.hashAsReadSince(dependency, begun);
      if (hash !== undefined) live.typeFiles.set(dependency, hash);
    }
  }
}
