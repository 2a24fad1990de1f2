import { relative, resolve, sep } from 'node:path';
import type { FileVersion, Generation } from './generation.ts';
import type { Pin, Pins } from './pin.ts';

/** Raised when the form changes: manifests of another one are left alone. */
const format = 1;

/** A generation as JSON text. Paths are relative to `apisDir`, so that a project may be moved. */
export function toManifest(generation: Generation, apisDir: string, root: string): string {
  const index = new Map([...generation.files.keys()].map((file, at) => [file, at]));
  const files = [...generation.files].map(([file, { hash, imports, typesOnly }]) => [
    toRelative(apisDir, file),
    hash,
    imports.flatMap((imported) => index.get(imported) ?? []),
    ...(typesOnly ? [1] : []),
  ]);
  const modules = [...generation.modules].map(([name, file]) => [name, index.get(file)]);
  return JSON.stringify({ format, root, ...generation, modules, files });
}

/**
 * The generation of a manifest; only its numbers when it is of another `root`.
 *
 * @throws Error when the text is no manifest, or only a part of one
 */
export function fromManifest(text: string, apisDir: string, root: string): Generation | { through: number } {
  const manifest = JSON.parse(text) as Manifest;
  const { generation, through } = manifest;
  if (manifest.format !== format || !Number.isInteger(generation) || !Number.isInteger(through))
    throw new Error(`expected a manifest of format ${format}, got '${text.slice(0, 60)}'`);
  if (manifest.root !== root) return { through };
  const paths = manifest.files.map(([path]) => resolve(apisDir, path));
  const pathAt = (at: number): string => {
    const path = paths[at];
    if (path === undefined) throw new Error(`expected a file at ${at}, got ${paths.length} files`);
    return path;
  };
  const files = manifest.files.map(([, hash, imports, typesOnly], at): [string, FileVersion] => [
    pathAt(at),
    { hash, imports: imports.map(pathAt), typesOnly: typesOnly === 1 },
  ]);
  const { format: _, root: __, ...rest } = manifest;
  return {
    ...rest,
    modules: new Map(manifest.modules.map(([name, at]) => [name, pathAt(at)])),
    files: new Map(files),
  };
}

interface Manifest extends Omit<Generation, 'modules' | 'files'> {
  readonly format: number;
  readonly root: string;
  readonly modules: readonly (readonly [name: string, file: number])[];
  readonly files: readonly (readonly [
    path: string,
    hash: string,
    imports: readonly number[],
    typesOnly?: number,
  ])[];
}

/** Pins as JSON text; paths as in `toManifest`. */
export function pinsToText(pins: Pins, apisDir: string, root: string): string {
  const all = [...pins].map(([file, pin]) => ({ file: toRelative(apisDir, file), ...pin }));
  return JSON.stringify({ format, root, pins: all });
}

/** @throws Error when the text is not of `pinsToText` */
export function pinsFromText(text: string, apisDir: string, root: string): Pins {
  const content = JSON.parse(text) as { format: number; root: string; pins: (Pin & { file: string })[] };
  if (content.format !== format || !Array.isArray(content.pins))
    throw new Error(`expected pins of format ${format}, got '${text.slice(0, 60)}'`);
  if (content.root !== root) return new Map();
  return new Map(
    content.pins.map(({ file, hash, disk, generation, since }) => [
      resolve(apisDir, file),
      { hash, disk, generation, since },
    ]),
  );
}

function toRelative(apisDir: string, file: string): string {
  return relative(apisDir, file).split(sep).join('/');
}
