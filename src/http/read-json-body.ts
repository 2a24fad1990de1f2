import { ApiError } from '../contract/api-error.ts';
import type { HttpRequest } from './http-request.ts';
import type { PlainCheck } from '../contract/plain-check.ts';
import { parseJson, type ParsedJson } from './parse-json.ts';

export const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-?8|"utf-?8")\s*)?;?\s*$/i;

export interface JsonBodyOptions {
  /** Names the content types that the caller takes, for the refusal of others. */
  readonly expected?: string;
  /** Of the function that is called. */
  readonly check?: PlainCheck | undefined;
}

/**
 * The parsed body of a request; an empty one without `Content-Type` counts as `{}`.
 *
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or INVALID_JSON
 */
export async function readJsonBody(
  request: HttpRequest,
  limit: number,
  { expected = `'application/json'`, check }: JsonBodyOptions = {},
): Promise<ParsedJson> {
  const type = request.header('content-type');
  if (type === undefined) {
    if (Number(request.header('content-length') ?? 0) > 0) throw unsupportedType(expected, undefined);
    const bytes = await request.readBytes(limit);
    if (bytes.length > 0) throw unsupportedType(expected, undefined);
    return { value: {}, plain: false };
  }
  if (!jsonType.test(type)) throw unsupportedType(expected, type);
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', `Content-Encoding: expected none, got '${encoding}'`);
  }
  return parseJson(await request.readBytes(limit), check);
}

function unsupportedType(expected: string, got: string | undefined): ApiError {
  return new ApiError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Content-Type: expected ${expected}, got '${got?.slice(0, 100) ?? 'none'}'`,
  );
}
