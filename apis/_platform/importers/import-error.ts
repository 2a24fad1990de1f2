/** Where a document is wrong. */
export interface Place {
  file: string;
  /** JSON pointer. */
  pointer?: string;
  line?: number;
  column?: number;
}

export type ImportErrorCode = 'IMPORT_INVALID' | 'IMPORT_FORMAT_UNKNOWN';

/** A document that cannot be read. Plain, since importers also run in a thread of their own. */
export class ImportError extends Error {
  readonly code: ImportErrorCode;
  readonly details: unknown;

  constructor(code: ImportErrorCode, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The error of a document that cannot be read as a whole: nothing was changed. */
export function importError(message: string, place: Place): ImportError {
  const at =
    place.line === undefined
      ? (place.pointer ?? '') === ''
        ? ''
        : ` at ${place.pointer}`
      : `:${place.line}:${place.column ?? 1}`;
  return new ImportError('IMPORT_INVALID', `${place.file}${at}: ${message}`, place);
}
