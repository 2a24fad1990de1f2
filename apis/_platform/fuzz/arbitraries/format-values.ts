import * as fc from 'fast-check';

const instants = () =>
  fc.date({
    min: new Date('1900-01-01T00:00:00.000Z'),
    max: new Date('2200-01-01T00:00:00.000Z'),
    noInvalidDate: true,
  });
const offsets = () => fc.constantFrom('Z', '+00:00', '+02:30', '-11:00');
const segments = once(() =>
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9._~-]{0,8}$/),
    fc.constantFrom('%20', '%E4%B8%AD', 'a=b', "(!*'),;:@"),
  ),
);
const paths = once(() =>
  fc.array(segments(), { maxLength: 3 }).map((parts) => parts.map((part) => `/${part}`).join('')),
);

/** In place of fast-check's `webUrl`, which takes most of a second to be made. */
const webUrls = once(() =>
  fc
    .record({
      scheme: fc.constantFrom('https', 'http'),
      host: fc.oneof(fc.domain(), fc.constantFrom('localhost', '127.0.0.1', '[::1]')),
      port: fc.constantFrom('', ':8080'),
      path: paths(),
      query: fc.constantFrom('', '?', '?a=1', '?a=1&a=2&b', '?q=%26'),
      fragment: fc.constantFrom('', '#', '#top'),
    })
    .map(
      ({ scheme, host, port, path, query, fragment }) =>
        `${scheme}://${host}${port}${path}${query}${fragment}`,
    ),
);

/** URLs as people use them, and rarer schemes. */
export const urls = () =>
  fc.oneof(
    { arbitrary: webUrls(), weight: 4 },
    {
      arbitrary: fc.constantFrom(
        'https://example.com/?a[]=1#x',
        'mailto:a@example.com',
        'urn:isbn:0451450523',
      ),
      weight: 1,
    },
  );

export const base64Texts = once(() =>
  fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64')),
);

/** Text for `format`; formats that are not listed say nothing. Made when asked for: some take a tenth of a second. */
export const formatValues: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  date: once(() =>
    fc.oneof(
      instants().map((date) => date.toISOString().slice(0, 10)),
      fc.constantFrom('2000-02-29', '1999-12-31', '1970-01-01'),
    ),
  ),
  'date-time': once(() =>
    fc.tuple(instants(), offsets()).map(([date, offset]) => date.toISOString().replace('Z', offset)),
  ),
  time: once(() =>
    fc
      .tuple(instants(), offsets())
      .map(([date, offset]) => date.toISOString().slice(11).replace('Z', offset)),
  ),
  duration: once(() => fc.constantFrom('P1D', 'PT5M', 'PT0S', 'P1Y2M3DT4H5M6S', 'P3W')),
  email: once(() => fc.emailAddress().filter((text) => !text.includes('"'))),
  hostname: once(() => fc.domain()),
  ipv4: once(() => fc.ipV4()),
  ipv6: once(() => fc.ipV6().filter((text) => /^[:.\da-f]+$/i.test(text))),
  uri: webUrls,
  url: webUrls,
  iri: webUrls,
  'uri-reference': once(() => fc.oneof(webUrls(), paths())),
  'json-pointer': once(() =>
    fc
      .array(fc.stringMatching(/^[a-z0-9]{1,5}$/), { maxLength: 3 })
      .map((parts) => parts.map((part) => `/${part}`).join('')),
  ),
  regex: once(() => fc.constantFrom('^a+$', '[0-9]{2}', '.*')),
  byte: base64Texts,
  uuid: once(() => fc.uuid()),
};

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
