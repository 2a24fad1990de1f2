import type { Resource } from '../describe/resource.ts';
import type { Answer } from './answer.ts';
import type { HttpRequest } from './http-request.ts';

export interface ResourceAnswerOptions {
  /** Default: `no-cache`, which lets caches keep it, but ask each time. */
  readonly cacheControl?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The resource, or 304 for whoever has it already (RFC 9110, 13.1.2). */
export function resourceAnswer(
  request: HttpRequest,
  { contentType, content, etag }: Resource,
  { cacheControl = 'no-cache', headers = {} }: ResourceAnswerOptions = {},
): Answer {
  const always = { ...headers, etag, 'cache-control': cacheControl, 'x-content-type-options': 'nosniff' };
  if (isKnown(request.header('if-none-match'), etag)) return { status: 304, headers: always, text: '' };
  return { status: 200, headers: { ...always, 'content-type': contentType }, text: content };
}

/** `*` or a list; a weak tag that is otherwise the same counts, as the comparison is the weak one. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = new Set(header.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has('*') || tags.has(etag);
}
