import type { Edited } from './page.ts';

export interface StoredFile extends Edited {
  projectId: number;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** Hex digits of the content's SHA-256. */
  sha256: string;
}

export interface FileFields {
  /** A name without folders. @minLength 1 @maxLength 255 @pattern ^[^/\\\u0000-\u001f]*[^/\\\s\u0000-\u001f][^/\\\u0000-\u001f]*$ */
  name: string;
  /** Media type: `image/png`. @minLength 1 @maxLength 255 @pattern ^[\w.+-]+/[\w.+-]+(?:\s*;.*)?$ */
  contentType: string;
}
