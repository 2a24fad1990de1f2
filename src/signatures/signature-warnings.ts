import { isPackageFile } from './library-files.ts';
import type { Place } from './place.ts';
import type { SignatureWarning } from './signature-checker.ts';

export type Warn = (place: Place, message: string) => void;

/** Collects warnings; each once, although a type may be met many times. */
export interface SignatureWarnings {
  readonly warn: Warn;
  /** By file, line and column. */
  readonly list: () => readonly SignatureWarning[];
}

export function createSignatureWarnings(): SignatureWarnings {
  const found = new Map<string, SignatureWarning>();
  return {
    warn({ file, line, column }, message) {
      // Nobody here can change an installed package.
      if (isPackageFile(file)) return;
      found.set(`${file}:${line}:${column}:${message}`, { file, line, column, message });
    },
    list: () =>
      [...found.values()].sort(
        (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
      ),
  };
}
