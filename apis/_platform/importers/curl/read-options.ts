/** Options of curl that matter to a request, by their long name; `true`: they take a value. */
const known: Record<string, boolean> = {
  request: true,
  header: true,
  data: true,
  'data-raw': true,
  'data-ascii': true,
  'data-binary': true,
  'data-urlencode': true,
  json: true,
  form: true,
  'form-string': true,
  user: true,
  'user-agent': true,
  referer: true,
  cookie: true,
  url: true,
  proxy: true,
  'max-time': true,
  'connect-timeout': true,
  retry: true,
  'retry-delay': true,
  'max-redirs': true,
  'oauth2-bearer': true,
  'aws-sigv4': true,
  cacert: true,
  cert: true,
  key: true,
  'upload-file': true,
  'url-query': true,
  get: false,
  head: false,
  insecure: false,
  location: false,
  compressed: false,
  digest: false,
  basic: false,
  http2: false,
  'http2-prior-knowledge': false,
  'http1.1': false,
  next: false,
};

/** Options that say nothing about the request, but take a value. */
const ignoredWithValue = new Set([
  'output',
  'write-out',
  'cookie-jar',
  'dump-header',
  'resolve',
  'range',
  'interface',
  'limit-rate',
  'trace',
  'trace-ascii',
  'stderr',
  'config',
  'proxy-user',
  'proxy-header',
  'connect-to',
  'dns-servers',
  'ciphers',
  'tls-max',
  'capath',
  'cert-type',
  'key-type',
  'pass',
  'noproxy',
  'retry-max-time',
  'keepalive-time',
  'time-cond',
  'unix-socket',
  'parallel-max',
  'max-filesize',
  'speed-time',
  'speed-limit',
]);

const short: Record<string, string> = {
  X: 'request',
  H: 'header',
  d: 'data',
  F: 'form',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  x: 'proxy',
  m: 'max-time',
  G: 'get',
  I: 'head',
  k: 'insecure',
  L: 'location',
  T: 'upload-file',
  E: 'cert',
  o: 'output',
  w: 'write-out',
  c: 'cookie-jar',
  D: 'dump-header',
  r: 'range',
  K: 'config',
  U: 'proxy-user',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
  ':': 'next',
};

export interface CurlOption {
  name: string;
  value: string;
}

/** The options of one command in their order; what stands alone is `url`. Names that are not known are in `unknown`. */
export function readOptions(words: readonly string[]): { options: CurlOption[]; unknown: string[] } {
  const options: CurlOption[] = [];
  const unknown: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const take = (name: string, inline?: string): void => {
      const takesValue = Object.hasOwn(known, name) ? known[name] : ignoredWithValue.has(name);
      const value = takesValue === true ? (inline ?? words[++index] ?? '') : '';
      if (Object.hasOwn(known, name)) options.push({ name, value });
      else unknown.push(`--${name}`);
    };
    if (word.startsWith('--') && word.length > 2) {
      const [name = '', inline] = word.slice(2).split(/=(.*)/s);
      take(name, inline);
    } else if (word.startsWith('-') && word.length > 1) readShort(word.slice(1), take, unknown);
    else if (word !== '') options.push({ name: 'url', value: word });
  }
  return { options, unknown };
}

/** `-sSLkXPOST`: flags in one word, the last one with its value. */
function readShort(letters: string, take: (name: string, inline?: string) => void, unknown: string[]): void {
  for (let index = 0; index < letters.length; index++) {
    const letter = letters[index] ?? '';
    const name = Object.hasOwn(short, letter) ? short[letter] : undefined;
    // Silent, verbose, fail, include, … say nothing about the request.
    if (name === undefined) {
      if (!'sSvfigNjnOqRZ#01246'.includes(letter)) unknown.push(`-${letter}`);
      continue;
    }
    const takesValue = Object.hasOwn(known, name) ? known[name] : ignoredWithValue.has(name);
    if (takesValue !== true) {
      take(name);
      continue;
    }
    const rest = letters.slice(index + 1);
    take(name, rest === '' ? undefined : rest);
    return;
  }
}
