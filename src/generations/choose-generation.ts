import { ApiError } from '../contract/api-error.ts';
import { filesReachedFrom, type Generation } from './generation.ts';
import type { Pins } from './pin.ts';

/** So many names are listed in an error. */
const namesListed = 100;

/**
 * The generation that had a number, and the module in it.
 *
 * @throws ApiError GENERATION_NOT_FOUND that lists what is at hand
 */
export function generationOf(
  number: number,
  module: string | undefined,
  generations: readonly Generation[],
): Generation {
  const found = generations.find(({ generation, through }) => generation <= number && number <= through);
  if (found === undefined) {
    throw notFound(`generation ${number} is not at hand; expected one of ${numbersOf(generations)}`, {
      generations: generations.map(({ generation, through }) => ({ generation, through })),
    });
  }
  if (module !== undefined && !found.modules.has(module)) {
    const names = [...found.modules.keys()].sort();
    throw notFound(`generation ${number} has no module '${module}'; expected one of ${some(names)}`, {
      modules: names.slice(0, namesListed),
    });
  }
  return found;
}

/**
 * The newest generation in which a module is another than it is now, in its own file or in what it imports;
 * of a module that does not serve now, the newest that has it. Where the module is held at a generation
 * already, one before that: going back twice goes back further.
 *
 * @throws ApiError GENERATION_NOT_FOUND that lists what is at hand
 */
export function lastOtherGeneration(
  module: string,
  generations: readonly Generation[],
  pins: Pins,
): Generation {
  const current = generations.at(-1);
  const having = generations.filter(({ modules }) => modules.has(module));
  if (having.length === 0) {
    const names = [...new Set(generations.flatMap(({ modules }) => [...modules.keys()]))].sort();
    throw notFound(`no generation at hand has a module '${module}'; expected one of ${some(names)}`, {
      modules: names.slice(0, namesListed),
    });
  }
  const now = current === undefined ? undefined : versionOf(module, current);
  const own = current?.modules.get(module);
  const heldAt = (own === undefined ? undefined : pins.get(own)?.generation) ?? Infinity;
  const found = having.findLast(
    (generation) => generation.through < heldAt && versionOf(module, generation) !== now,
  );
  if (found === undefined) {
    throw notFound(
      heldAt === Infinity
        ? `the module '${module}' has had the same version in every generation at hand (${numbersOf(having)})`
        : `no other version of the module '${module}' from before generation ${heldAt} is at hand (${numbersOf(having)})`,
      { generations: having.map(({ generation, through }) => ({ generation, through })) },
    );
  }
  return found;
}

/** The content of a module and of all that it reaches, as one text. */
function versionOf(module: string, generation: Generation): string | undefined {
  const own = generation.modules.get(module);
  if (own === undefined) return undefined;
  const files = [...filesReachedFrom([own], generation)].sort();
  return files.map((file) => `${file}=${generation.files.get(file)?.hash}`).join('\n');
}

function numbersOf(generations: readonly Generation[]): string {
  const ranges = generations.map(({ generation, through }) =>
    generation === through ? String(generation) : `${generation}–${through}`,
  );
  return some(ranges);
}

function some(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const rest = names.length - namesListed;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, namesListed).join(', ')} and ${rest} more`;
}

function notFound(message: string, details: unknown): ApiError {
  return new ApiError('GENERATION_NOT_FOUND', message, { details });
}
