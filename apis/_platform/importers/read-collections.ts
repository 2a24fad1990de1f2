import { ImportError } from './import-error.ts';
import type { ImportFile, ImportOptions } from './importer.ts';
import { detectImporter, formatNames, importerNamed, isRegistered } from './importers.ts';
import { CollectionPreparer, type PreparedCollection, type PreparedEntry } from './prepared-collection.ts';
import { shorten } from './read-node.ts';

export interface ReadRequest {
  files: ImportFile[];
  /** Name of an importer; without it, each text is looked at. */
  format?: string | undefined;
  options: ImportOptions;
}

/** The files that are descriptions by themselves, with their importers; the others are what those refer to. */
function mainFiles({ files, format }: ReadRequest) {
  const forced = format === undefined ? undefined : importerNamed(format);
  const found = files.flatMap((file) => {
    const importer =
      forced === undefined
        ? detectImporter(file)
        : forced.detect(file.text, file.name) > 0 || files.length === 1
          ? forced
          : undefined;
    return importer === undefined
      ? []
      : [{ file, importer, input: { ...file, others: files.filter((one) => one !== file) } }];
  });
  if (found.length > 0) return found;
  const [first] = files;
  const start = shorten((first?.text ?? '').trim().replaceAll(/\s+/g, ' '), 60);
  throw new ImportError(
    'IMPORT_FORMAT_UNKNOWN',
    `${first?.name ?? 'the text'} is none of ${formatNames().join(', ')}; it begins with '${start}'`,
  );
}

/** URLs that the descriptions refer to and that were not given. */
export function missingUrls(request: ReadRequest): string[] {
  const missing = mainFiles(request).flatMap(({ importer, input }) => importer.missing?.(input) ?? []);
  return [...new Set(missing)].filter((name) => /^https?:\/\//i.test(name));
}

/**
 * Reads all files that are descriptions, in their order. `give` gets their entries, with the number of the collection,
 * while they are read; the collections that come back have none.
 *
 * @throws ImportError IMPORT_FORMAT_UNKNOWN, IMPORT_INVALID
 */
export function readCollections(
  request: ReadRequest,
  give: (collection: number, entry: PreparedEntry) => void,
): PreparedCollection[] {
  return mainFiles(request).map(({ file, importer, input }, index) => {
    const preparer = new CollectionPreparer(file.name, (entry) => give(index, entry));
    return preparer.finish(importer.read(input, request.options, preparer.take));
  });
}

/** Whether an importer that was registered reads one of the files: it lives in this thread alone. */
export function needsThisThread(request: ReadRequest): boolean {
  return mainFiles(request).some(({ importer }) => isRegistered(importer));
}
