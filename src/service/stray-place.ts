import { originOf } from '../containment/stray-origin.ts';
import { displayPath } from '../modules/module-failure.ts';
import { topmostPlace, type MapLookup } from '../modules/stack-traces.ts';

export interface StrayPlaceOptions {
  readonly projectDir: string;
  readonly mapOf: MapLookup;
}

/** The served file, with its line, that something thrown outside every call came from; undefined when nothing tells. */
export function strayPlace(thrown: unknown, { projectDir, mapOf }: StrayPlaceOptions): string | undefined {
  const found = topmostPlace(stackOf(thrown), mapOf);
  if (found !== undefined) return `${displayPath(found.file, projectDir)}:${found.line}`;
  const origin = originOf(thrown);
  return origin === undefined ? undefined : displayPath(origin, projectDir);
}

/** Anything can be thrown, also what throws when it is read. */
function stackOf(thrown: unknown): string {
  try {
    const { stack } = thrown as { readonly stack?: unknown };
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}
