import { toJsonText } from '../contract/to-json.ts';

/**
 * A body as a request would bring it: what JSON has no form for is as a client sends it, a `Date` as ISO 8601
 * text, bytes as base64. Files stay files, as those of a form do.
 *
 * @throws TypeError naming the path of a value that no client could send
 */
export function toWireBody(
  body: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> | undefined {
  if (body === undefined) return undefined;
  const files = Object.entries(body).filter(([, value]) => isFiles(value));
  const rest = Object.entries(body).filter(([, value]) => !isFiles(value));
  return { ...throughJson(Object.fromEntries(rest)), ...Object.fromEntries(files) };
}

function throughJson(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return JSON.parse(toJsonText(body)) as Record<string, unknown>;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.replace(/^data/, 'body') : String(cause);
    throw new TypeError(message, { cause });
  }
}

function isFiles(value: unknown): boolean {
  if (!Array.isArray(value)) return value instanceof Blob;
  return value.length > 0 && value.every((element) => element instanceof Blob);
}
