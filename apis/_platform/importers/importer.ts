import type { ApiSchemas } from '../model/api-schemas.ts';
import type { Assertion, Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { Auth, RequestSpec } from '../model/request.ts';

/** A text that was given, by its file name or its URL. */
export interface ImportFile {
  name: string;
  text: string;
}

/** The document to read, and the other files that were given with it: what it refers to. */
export interface ImportInput extends ImportFile {
  others: readonly ImportFile[];
}

export interface ImportOptions {
  /** Adds a check of the answer against the schema of its success status, where there is one. */
  schemaAssertions?: boolean;
}

/** Reads one format. Pure: no network, no database, and it never runs what a document holds. */
export interface Importer {
  /** As it appears in reports: `OpenAPI`. */
  readonly name: string;
  /** How sure it is, from 0 (not mine) to 1, that it reads this text. Looks at the beginning alone where it can. */
  detect(text: string, fileName: string): number;
  /**
   * Files and URLs that the document refers to and that were not given; the caller may fetch the URLs and ask
   * again with more files. Without it, documents of this format refer to nothing.
   */
  missing?(input: ImportInput): string[];
  /**
   * With `take`, entries may be handed over one by one as they are read instead of in `entries`: large documents need
   * far less memory then.
   *
   * @throws ImportError with file and place when the document as a whole cannot be read
   */
  read(input: ImportInput, options: ImportOptions, take?: (entry: ImportedEntry) => void): ImportedCollection;
}

export interface ImportedVariable {
  name: string;
  value: Json;
  secret?: boolean;
  enabled?: boolean;
}

export interface ImportedEnvironment {
  name: string;
  variables: ImportedVariable[];
}

export interface ImportedCategory {
  name: string;
  description: string;
  /** As `#rrggbb`. Default: as it is, else that of the catalog. */
  colour?: string;
  auth?: Auth;
}

export interface ImportedEntry {
  /** Where in the document: a JSON pointer, or a place in words. */
  where: string;
  /** Name of its category; it is in `categories`. */
  category?: string;
  name: string;
  description: string;
  tags: string[];
  request: RequestSpec;
  assertions: Assertion[];
  extractions: Extraction[];
  schemas?: ApiSchemas;
}

/** A request that could not be taken over, and why. */
export interface SkippedRequest {
  where: string;
  name: string;
  reason: string;
}

/** A part of a document that has no place here, or another one. */
export interface NotConverted {
  where: string;
  what: string;
  reason: string;
  /** Further places of parts that are alike, which are not listed. */
  more?: number;
}

/** What a document says, in our words. Requests read = `entries` + `skipped`. */
export interface ImportedCollection {
  /** Format with version: `OpenAPI 3.0.3`. */
  format: string;
  name: string;
  description: string;
  /** For the module: what entries with `inherit` use. */
  auth?: Auth;
  /** Of the module. */
  variables: ImportedVariable[];
  environments: ImportedEnvironment[];
  categories: ImportedCategory[];
  entries: ImportedEntry[];
  /** Schemas that entries refer to as `#/components/schemas/<name>`. */
  schemas: { [name: string]: Json };
  skipped: SkippedRequest[];
  notConverted: NotConverted[];
}
