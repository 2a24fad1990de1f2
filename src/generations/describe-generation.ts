import { filesReachedFrom, type Generation } from './generation.ts';

export interface DescribedGeneration {
  readonly generation: number;
  readonly through: number;
  readonly current: boolean;
  readonly time: string;
  readonly reason: Generation['reason'];
  readonly backTo?: number;
  /** Content hash of each module's own file, by the module's name. */
  readonly modules: Readonly<Record<string, string>>;
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  readonly endpoints: Generation['endpoints'];
  readonly contract: Generation['contract'];
}

/** A generation for people and programs, without its files. */
export function describeGeneration(generation: Generation, current: boolean): DescribedGeneration {
  const { modules, files, backTo, ...rest } = generation;
  const hashes = [...modules].map(([name, file]) => [name, files.get(file)?.hash ?? ''] as const);
  return {
    generation: rest.generation,
    through: rest.through,
    current,
    time: rest.time,
    reason: rest.reason,
    ...(backTo === undefined ? {} : { backTo }),
    modules: toRecord(hashes),
    loaded: rest.loaded,
    removed: rest.removed,
    endpoints: rest.endpoints,
    contract: rest.contract,
  };
}

/** Every file, by module: its own, then what it imports, with their content hashes. */
export function describeFiles(
  generation: Generation,
  display: (file: string) => string,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const modules = [...generation.modules].map(([name, own]) => {
    const reached = filesReachedFrom([own], generation);
    const hashes = [...reached].map(
      (file) => [display(file), generation.files.get(file)?.hash ?? ''] as const,
    );
    return [name, toRecord(hashes)] as const;
  });
  return toRecord(modules);
}

function toRecord<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
