import type { SignatureChecker } from '../signatures/signature-checker.ts';
import type { Disk, HeldFile } from './disk.ts';

export interface HoldingAgain {
  readonly disk: Disk;
  readonly checker: SignatureChecker;
  /** Files of modules that serve. */
  readonly served: readonly string[];
  /** Files at which other versions were held for a try. */
  readonly files: ReadonlySet<string>;
}

/** Takes back what was held for a try. The type checker has read it, and is told what is there instead. */
export async function holdAgain(
  held: ReadonlyMap<string, HeldFile>,
  { disk, checker, served, files }: HoldingAgain,
): Promise<void> {
  disk.hold(held);
  const changed = new Map<string, string>();
  const removed: string[] = [];
  for (const file of files) {
    const found = await disk.read(file);
    if (found === undefined) removed.push(file);
    else if ('text' in found) changed.set(file, found.text);
  }
  await checker.derive({ changed, removed, served, wanted: [] }).catch(() => {});
}
