/** What is needed to tell which addresses of a project are this service's own. */
export interface OwnAddress {
  /** Where this service listens. */
  readonly baseUrl: string | undefined;
  /** Values that the project, its modules and environments give the variable `baseUrl`. */
  readonly baseUrls: readonly string[];
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']);

/**
 * The path that a request of a project has at this service, such as `/orders/create`; undefined when it goes elsewhere.
 * An address that begins with `{{baseUrl}}`, or with `/`, is this service's own when one of the values of that variable
 * is, or nobody gave it one.
 */
export function ownPathOf(url: string, { baseUrl, baseUrls }: OwnAddress): string | undefined {
  const relative = /^(?:\{\{\s*baseUrl\s*\}\})?(\/[^?#]*)/.exec(url)?.[1];
  if (relative !== undefined)
    return baseUrls.length === 0 || baseUrls.some((one) => isOwn(one, baseUrl)) ? relative : undefined;
  return isOwn(url, baseUrl) ? new URL(url).pathname : undefined;
}

function isOwn(url: string, baseUrl: string | undefined): boolean {
  if (baseUrl === undefined || !URL.canParse(url)) return false;
  const [one, own] = [new URL(url), new URL(baseUrl)];
  if (one.port !== own.port || one.protocol !== own.protocol) return false;
  return one.hostname === own.hostname || (loopback.has(one.hostname) && loopback.has(own.hostname));
}
