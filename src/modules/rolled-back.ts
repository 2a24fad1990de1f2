import type { RolledBackModule } from '../registry/snapshot.ts';
import type { Disk } from './disk.ts';
import { reachableFrom } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';
import { displayPath } from './module-failure.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';

export interface RolledBackFacts {
  readonly live: LiveModules;
  readonly disk: Disk;
  readonly apisDir: string;
  readonly projectDir: string;
}

/** Modules that do not serve what is on disk, because a rollback holds them or a helper of theirs. */
export function rolledBackModules({ live, disk, apisDir, projectDir }: RolledBackFacts): RolledBackModule[] {
  if (disk.held.size === 0) return [];
  const modules: RolledBackModule[] = [];
  for (const [file, { instance, module }] of live.served) {
    const reached = new Set([...reachableFrom([instance])].map(({ source }) => source.file));
    for (const dependency of live.types.get(file)?.dependencies ?? []) reached.add(dependency);
    const held = [...reached].filter((one) => disk.held.get(one)?.found !== undefined);
    const pins = held.flatMap((one) => disk.held.get(one)?.pin ?? []);
    const [pin] = pins.sort((a, b) => (a.since < b.since ? 1 : -1));
    if (pin === undefined) continue;
    const { generation, since } = pin;
    const files = held.map((one) => displayPath(one, projectDir)).sort();
    modules.push({ module: module.module, generation, since, files, hidden: false });
  }
  for (const [file, { pin, found }] of disk.held) {
    if (found !== undefined || !isServedFile(file, apisDir)) continue;
    const { generation, since } = pin;
    const files = [displayPath(file, projectDir)];
    modules.push({ module: moduleNameOf(file, apisDir), generation, since, files, hidden: true });
  }
  return modules.sort((a, b) => (a.module < b.module ? -1 : 1));
}
