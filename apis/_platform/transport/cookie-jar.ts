import { CookieJar as ToughJar, type Cookie } from 'tough-cookie';
import type { CookieJar } from '../model/transport.ts';

interface Kept {
  header: string | undefined;
  /** Milliseconds; the first of its cookies expires then. */
  until: number;
}

const keptAtMost = 1_000;

/** A jar of its own, empty: RFC 6265 with the public suffix list, paths and expiry. */
export function createCookieJar(): CookieJar {
  const jar = new ToughJar(undefined, { looseMode: true });
  // Most requests of a run go to the same few addresses, and matching cookies costs more than sending.
  const kept = new Map<string, Kept>();
  let isEmpty = true;

  return {
    cookieHeader(url) {
      if (isEmpty) return undefined;
      const known = kept.get(url);
      if (known !== undefined && Date.now() < known.until) return known.header;
      const cookies = matching(jar, url);
      if (kept.size >= keptAtMost) kept.clear();
      const header =
        cookies.length === 0 ? undefined : cookies.map((cookie) => cookie.cookieString()).join('; ');
      kept.set(url, { header, until: firstExpiry(cookies) });
      return header;
    },
    store(url, setCookie) {
      for (const text of setCookie) jar.setCookieSync(text, url, { ignoreError: true });
      isEmpty = false;
      kept.clear();
    },
    value: (url, name) => matching(jar, url).find((cookie) => cookie.key === name)?.value,
  };
}

function matching(jar: ToughJar, url: string): Cookie[] {
  return jar.getCookiesSync(url, { sort: true });
}

function firstExpiry(cookies: readonly Cookie[]): number {
  return cookies.reduce((first, cookie) => Math.min(first, cookie.expiryTime() ?? Infinity), Infinity);
}
