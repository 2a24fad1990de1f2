import { hash } from 'node:crypto';

/** Something that is served as it is, until it changes. */
export interface Resource {
  readonly contentType: string;
  readonly content: string;
  /** A strong entity tag of the content, quotes included. */
  readonly etag: string;
}

export function toResource(contentType: string, content: string): Resource {
  return { contentType, content, etag: `"${digestOf(content)}"` };
}

/** What tells contents apart, in 22 characters that need no quoting anywhere. */
export function digestOf(content: string): string {
  return hash('sha256', content, 'base64url').slice(0, 22);
}
