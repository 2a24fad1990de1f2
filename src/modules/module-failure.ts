import { relative } from 'node:path';
import type { ModuleFailure } from '../registry/snapshot.ts';
import { codeFrame } from './code-frame.ts';
import { LoadProblem, type LoadProblemPlace } from './load-problem.ts';
import type { SourceFile } from './source-file.ts';
import { topmostPlace } from './stack-traces.ts';

export interface FailureOptions {
  readonly module: string | undefined;
  /** The module's own file: where to look when nothing more precise is known. */
  readonly file: string;
  readonly projectDir: string;
  readonly loadTimeout: number;
  /** The version that was tried. */
  readonly sourceOf: (file: string) => SourceFile | undefined;
}

/** Whatever went wrong while a module was loaded, as its author has to see it. */
export function toModuleFailure(error: unknown, options: FailureOptions): ModuleFailure {
  const place = placeOfError(error, options);
  return {
    module: options.module,
    file: displayPath(place.file, options.projectDir),
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(place.column === undefined ? {} : { column: place.column }),
    cause: causeOf(error, options),
    ...(place.frame === undefined ? {} : { frame: place.frame }),
    since: new Date().toISOString(),
  };
}

/** Relative to the project where it lies in it, else absolute. */
export function displayPath(file: string, projectDir: string): string {
  const path = relative(projectDir, file);
  return path.startsWith('..') ? file : path;
}

function placeOfError(error: unknown, options: FailureOptions): LoadProblemPlace {
  const thrown = error instanceof LoadProblem && error.place.line === undefined ? error.cause : error;
  if (thrown instanceof LoadProblem) return thrown.place;
  const fallback = error instanceof LoadProblem ? error.place : { file: options.file };
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const found = topmostPlace(stack, (file) => {
    const content = options.sourceOf(file)?.content;
    return content?.kind === 'code' ? content.transpiled.map : undefined;
  });
  if (found === undefined) return fallback;
  const text = options.sourceOf(found.file)?.text;
  return { ...found, frame: text === undefined ? undefined : codeFrame(text, found.line, found.column) };
}

function causeOf(error: unknown, { loadTimeout }: FailureOptions): string {
  if (error instanceof LoadProblem) return error.message;
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return `did not finish loading within ${loadTimeout} s (loadTimeout): an endless loop at the top of the file?`;
  }
  return `${error.name}: ${error.message}`;
}
