import { curlImporter } from './curl/curl-importer.ts';
import { harImporter } from './har-importer.ts';
import { ImportError } from './import-error.ts';
import type { Importer, ImportFile } from './importer.ts';
import { insomniaImporter } from './insomnia/insomnia-importer.ts';
import { openApiImporter } from './openapi/openapi-importer.ts';
import { postmanEnvironmentImporter } from './postman/postman-environment-importer.ts';
import { postmanImporter } from './postman/postman-importer.ts';

const importers: Importer[] = [
  openApiImporter,
  postmanImporter,
  postmanEnvironmentImporter,
  harImporter,
  insomniaImporter,
  curlImporter,
];

const builtIn: ReadonlySet<Importer> = new Set(importers);

/** Whether an importer was registered: it lives in this thread alone. */
export function isRegistered(importer: Importer): boolean {
  return !builtIn.has(importer);
}

/** Adds the importer of a plugin; the function takes it away again. One of the same name is replaced meanwhile. */
export function registerImporter(importer: Importer): () => void {
  importers.unshift(importer);
  return () => {
    const index = importers.indexOf(importer);
    if (index >= 0) importers.splice(index, 1);
  };
}

/** Names of the formats that can be read. */
export function formatNames(): string[] {
  return [...new Set(importers.map(({ name }) => name))];
}

/** The importer that is surest of a text; undefined when none knows it. */
export function detectImporter(file: ImportFile): Importer | undefined {
  let best: { importer: Importer; sure: number } | undefined;
  for (const importer of importers) {
    const sure = importer.detect(file.text, file.name);
    if (sure > (best?.sure ?? 0)) best = { importer, sure };
  }
  return best?.importer;
}

/** @throws ImportError IMPORT_FORMAT_UNKNOWN */
export function importerNamed(name: string): Importer {
  const found = importers.find((importer) => importer.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new ImportError(
    'IMPORT_FORMAT_UNKNOWN',
    `there is no importer '${name}'; expected one of ${formatNames().join(', ')}, or leave it out`,
  );
}
