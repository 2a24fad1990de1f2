/** The header of an answer, and what the transport itself looks at in it. */
export interface ResponseHeaders {
  /** In the order and the case in which they came. */
  pairs: [name: string, value: string][];
  location?: string;
  contentEncoding?: string;
  contentType?: string;
  contentLength?: string;
  retryAfter?: string;
  setCookies?: string[];
  /** Each header `www-authenticate`. */
  challenges?: string[];
}

/** Reads names and values in turn, as undici gives them. */
export function readResponseHeaders(raw: readonly Buffer[]): ResponseHeaders {
  const pairs: [name: string, value: string][] = [];
  const headers: ResponseHeaders = { pairs };
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as Buffer).toString('latin1');
    const value = headerText(raw[index + 1] as Buffer);
    pairs.push([name, value]);
    note(headers, name, value);
  }
  return headers;
}

/** Most names are told apart by their length alone. */
function note(headers: ResponseHeaders, name: string, value: string): void {
  switch (name.length) {
    case 8:
      if (isNamed(name, 'location')) headers.location ??= value;
      break;
    case 10:
      if (isNamed(name, 'set-cookie')) (headers.setCookies ??= []).push(value);
      break;
    case 11:
      if (isNamed(name, 'retry-after')) headers.retryAfter ??= value;
      break;
    case 12:
      if (isNamed(name, 'content-type')) headers.contentType ??= value;
      break;
    case 14:
      if (isNamed(name, 'content-length')) headers.contentLength ??= value;
      break;
    case 16:
      if (isNamed(name, 'content-encoding'))
        headers.contentEncoding =
          headers.contentEncoding === undefined ? value : `${headers.contentEncoding}, ${value}`;
      else if (isNamed(name, 'www-authenticate')) (headers.challenges ??= []).push(value);
      break;
    default:
  }
}

function isNamed(name: string, expected: string): boolean {
  return name === expected || name.toLowerCase() === expected;
}

/** Header bytes are Latin-1 by the book, but UTF-8 in many services. */
function headerText(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  const utf8 = bytes.toString();
  return utf8.includes('\ufffd') ? text : utf8;
}
