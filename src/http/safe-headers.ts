import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Headers that say how the message is framed, or that are the runtime's own. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-generation',
  'x-process-time',
  'x-request-id',
]);

/** The headers of an author's error that can be sent: a bad one must not cost the client the answer. */
export function toSafeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!reserved.has(lower) && isSafeHeader(lower, value)) safe[lower] = value;
  }
  return safe;
}

/** Whether `node:http` takes the header. */
export function isSafeHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
