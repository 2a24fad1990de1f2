import * as z from 'zod';
import type { ZodType } from 'zod';
import { refusal, type Refusal } from './refusal.ts';
import { isDateText, isDateTimeText } from './string-formats.ts';

/** ISO 8601 text as `Date`: a day, which begins in UTC, or a time with its offset. */
export function dateSchema(): ZodType<Date> {
  return textSchema({
    expected: "a date such as '2030-12-31T23:59:59Z' or '2030-12-31'",
    code: 'invalid_date',
    read: (text) => (isDateText(text) || isDateTimeText(text) ? new Date(text) : undefined),
  });
}

/** No blanks and control characters: the URL parser would take them out without a word. */
export const urlPattern = '^[A-Za-z][A-Za-z0-9+.\\-]*:[^\\u0000-\\u0020\\u007f]*$';
const urlText = new RegExp(urlPattern, 'u');

/** An absolute URL as `URL`, by the rules of browsers (WHATWG), which are wider than RFC 3986. */
export function urlSchema(): ZodType<URL> {
  return textSchema({
    expected: "an absolute URL such as 'https://example.com/path'",
    code: 'invalid_url',
    read: (text) => (urlText.test(text) && URL.canParse(text) ? new URL(text) : undefined),
  });
}

/** RFC 4648, section 4: the standard alphabet with padding. */
export const base64Pattern = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';
// One class and a length instead of that pattern: repeated groups exhaust the stack on megabytes.
const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

/** base64 text as `Buffer`. */
export function bytesSchema(): ZodType<Buffer> {
  return textSchema({
    expected: "base64 text such as 'aGVsbG8='",
    code: 'invalid_base64',
    read: (text) =>
      text.length % 4 === 0 && base64Text.test(text) ? Buffer.from(text, 'base64') : undefined,
  });
}

/** A part of a `multipart/form-data` request, which its reader puts into the body as a `File`. */
export function fileSchema(): ZodType<Blob> {
  return z.unknown().transform((value, { issues }) => {
    if (value instanceof Blob) return value;
    const expected = 'a file, sent as a part of this name in a multipart/form-data request';
    issues.push(refusal({ expected, code: 'invalid_file', input: value }));
    return z.NEVER;
  });
}

interface TextReader<T> extends Pick<Refusal, 'expected' | 'code'> {
  /** Undefined for text that is not of the form. */
  readonly read: (text: string) => T | undefined;
}

function textSchema<T>({ expected, code, read }: TextReader<T>): ZodType<T> {
  return z.unknown().transform((value, { issues }) => {
    const result = typeof value === 'string' ? read(value) : undefined;
    if (result !== undefined) return result;
    issues.push(refusal({ expected, code, input: value }));
    return z.NEVER;
  });
}
