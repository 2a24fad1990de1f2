import { isIPv4, isIPv6 } from 'node:net';
import type { StringFormat } from '../contract/signature.ts';

/** One format of text, in the same words for validation, documentation and people. */
export interface FormatRule {
  /** For messages: "expected an email address". */
  readonly expected: string;
  readonly test: (text: string) => boolean;
  /**
   * What JSON Schema needs besides `format`, because validators read that more loosely than we do: a
   * blank instead of the `T`, leap seconds, offsets without minutes, `urn:uuid:` before a UUID.
   */
  readonly narrower?: { readonly pattern?: string; readonly maxLength?: number };
}

const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const timePattern = '^\\d{2}:\\d{2}:[0-5]\\d(?:\\.\\d+)?(?:Z|[+-]\\d{2}:\\d{2})$';
/** Narrows `format: date-time` to what `Date` reads without guessing. */
export const dateTimePattern =
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(?:\\.\\d+)?(?:Z|[+-]\\d{2}:\\d{2})$';

const dateText = /^(\d{4})-(\d{2})-(\d{2})$/;
const clockText = new RegExp(`^${clock}$`);
const duration = /^P(?!$)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|(?:\d+W)?)$/;
const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const atoms = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const email = new RegExp(`^${atoms}(?:\\.${atoms})*@(?:${label}\\.)+${label}$`, 'i');
const shortLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostname = new RegExp(`^(?=.{1,253}\\.?$)${shortLabel}(?:\\.${shortLabel})*\\.?$`, 'i');
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** RFC 3339 for dates and times, RFC 5321 without quoting for email, RFC 1123, RFC 3986, RFC 9562. */
export const formatRules: Readonly<Record<StringFormat, FormatRule>> = {
  date: { expected: "a date such as '2030-12-31'", test: isDateText },
  'date-time': {
    expected: "a date and time such as '2030-12-31T23:59:59Z'",
    test: isDateTimeText,
    narrower: { pattern: dateTimePattern },
  },
  time: {
    expected: "a time with its offset such as '23:59:59Z'",
    test: (text) => clockText.test(text),
    narrower: { pattern: timePattern },
  },
  duration: { expected: "a duration such as 'P1DT12H'", test: (text) => duration.test(text) },
  email: { expected: 'an email address', test: (text) => email.test(text) },
  hostname: { expected: 'a host name', test: (text) => hostname.test(text) },
  ipv4: { expected: 'an IPv4 address', test: isIPv4 },
  // `fe80::1%eth0` names an interface of one machine.
  ipv6: { expected: 'an IPv6 address', test: (text) => isIPv6(text) && !text.includes('%') },
  uri: { expected: "an absolute URI such as 'https://example.com/'", test: isUriText },
  uuid: { expected: 'a UUID', test: (text) => uuid.test(text), narrower: { maxLength: 36 } },
};

/** `2030-12-31`, a day that exists. */
export function isDateText(text: string): boolean {
  const [, year, month, day] = dateText.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  return Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
}

/** `2030-12-31T23:59:59.123+02:00`; the offset, or `Z`, is required. */
export function isDateTimeText(text: string): boolean {
  return text[10] === 'T' && isDateText(text.slice(0, 10)) && clockText.test(text.slice(11));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const uri = uriPattern();

function isUriText(text: string): boolean {
  return uri.test(text);
}

/** RFC 3986's `URI`, with something behind the scheme. */
function uriPattern(): RegExp {
  const octet = '(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)';
  const ipv4 = `(?:${octet}\\.){3}${octet}`;
  const hex = '[0-9a-f]{1,4}';
  const tail = `(?:${hex}:${hex}|${ipv4})`;
  const shortened = [4, 3, 2, 1, 0].map(
    (after, before) => `(?:(?:${hex}:){0,${before}}${hex})?::(?:${hex}:){${after}}${tail}`,
  );
  const ipv6 = [
    `(?:${hex}:){6}${tail}`,
    `::(?:${hex}:){5}${tail}`,
    ...shortened,
    `(?:(?:${hex}:){0,5}${hex})?::${hex}`,
    `(?:(?:${hex}:){0,6}${hex})?::`,
  ].join('|');
  const some = (extra: string): string => `(?:[a-z0-9\\-._~!$&'()*+,;=${extra}]|%[0-9a-f]{2})`;
  const path = some(':@');
  const host = `(?:\\[(?:${ipv6}|v[0-9a-f]+\\.[a-z0-9\\-._~!$&'()*+,;=:]+)\\]|${some('')}*)`;
  const authority = `\\/?\\/(?:${some(':')}*@)?${host}(?::\\d*)?(?:\\/${path}*)*`;
  const rest = `(?:${authority}|\\/(?:${path}+(?:\\/${path}*)*)?|${path}+(?:\\/${path}*)*)`;
  const query = some(':@/?');
  return new RegExp(`^[a-z][a-z0-9+\\-.]*:${rest}(?:\\?${query}*)?(?:#${query}*)?$`, 'i');
}
