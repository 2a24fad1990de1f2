import { expect, it } from 'vitest';
import { toCurl } from '../../../apis/_platform/exporters/to-curl.ts';
import { curlImporter } from '../../../apis/_platform/importers/curl/curl-importer.ts';
import { harImporter } from '../../../apis/_platform/importers/har-importer.ts';
import { detectImporter } from '../../../apis/_platform/importers/importers.ts';
import { insomniaImporter } from '../../../apis/_platform/importers/insomnia/insomnia-importer.ts';
import { documents, har, insomnia4 } from './sample-documents.ts';

function curl(text: string) {
  return curlImporter.read({ name: 'text', text, others: [] }, {});
}

it('reads a HAR document, and expects again what was answered', () => {
  const collection = harImporter.read({ name: 'session.har', text: JSON.stringify(har), others: [] }, {});
  expect(collection.entries).toMatchObject([
    {
      name: 'GET /x',
      request: {
        method: 'GET',
        url: 'https://a.example/x',
        params: [
          { name: 'q', value: '1' },
          { name: 'q', value: "{{'{'}}{no}}" },
        ],
        headers: [{ name: 'Accept', value: '*/*' }],
      },
      assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
    },
    { request: { method: 'POST', body: { type: 'json', value: { a: [1] } } } },
  ]);
  expect(collection.skipped).toEqual([
    {
      where: '/log/entries/2',
      name: 'GET wss://a.example/socket',
      reason: "requests are sent with http and https alone, got 'wss:'",
    },
  ]);
});

it.each<[command: string, request: object]>([
  [
    'curl https://a.example/x?y=1',
    {
      method: 'GET',
      url: 'https://a.example/x',
      params: [{ name: 'y', value: '1' }],
      settings: { redirects: 0 },
    },
  ],
  ['curl a.example', { method: 'GET', url: 'http://a.example/' }],
  [
    `curl -sSLkXPUT 'https://a.example' -H 'A: it'\\''s' -H "B: \\"q\\""`,
    {
      method: 'PUT',
      headers: [
        { name: 'A', value: "it's" },
        { name: 'B', value: '"q"' },
      ],
      settings: { tls: { insecure: true } },
    },
  ],
  [
    `curl https://a.example -d 'a=1&b=x%20y' -d c=3`,
    {
      method: 'POST',
      body: {
        type: 'form',
        fields: [
          { name: 'a', value: '1' },
          { name: 'b', value: 'x y' },
          { name: 'c', value: '3' },
        ],
      },
    },
  ],
  [
    `curl https://a.example -H 'content-type: application/json' --data-raw $'{"a":"it\\'s\\u0021"}'`,
    { method: 'POST', headers: [], body: { type: 'json', value: { a: "it's!" } } },
  ],
  [
    `curl https://a.example --json '{"a":1}'`,
    {
      method: 'POST',
      headers: [{ name: 'Accept', value: 'application/json' }],
      body: { type: 'json', value: { a: 1 } },
    },
  ],
  [
    `curl -G https://a.example --data-urlencode 'q=a b&c' -d z=1`,
    {
      method: 'GET',
      params: [
        { name: 'q', value: 'a b&c' },
        { name: 'z', value: '1' },
      ],
      body: { type: 'none' },
    },
  ],
  [
    `curl https://a.example -F 'a=1;type=text/x' -F 'f=@/tmp/b.png' --form-string 'c=@d'`,
    {
      method: 'POST',
      body: {
        type: 'multipart',
        parts: [
          { name: 'a', value: '1', contentType: 'text/x' },
          { name: 'f', value: '', enabled: false, fileName: 'b.png' },
          { name: 'c', value: '@d' },
        ],
      },
    },
  ],
  [
    'curl -u me:pa:ss --digest https://a.example -b "s=1" -A agent -x proxy:3128 --compressed -m 2.5 --max-redirs 3 -L',
    {
      auth: { type: 'digest', username: 'me', password: 'pa:ss' },
      headers: [
        { name: 'Cookie', value: 's=1' },
        { name: 'User-Agent', value: 'agent' },
      ],
      settings: { proxy: 'http://proxy:3128', redirects: 3, timeouts: { total: 2500 } },
    },
  ],
  [
    'curl ^"https://a.example/p?x=1^&y=2^" ^\r\n  -H ^"A: \\^"q\\^" 100^%^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^" -H ^"Content-Type: application/json^"',
    {
      method: 'POST',
      url: 'https://a.example/p',
      params: [
        { name: 'x', value: '1' },
        { name: 'y', value: '2' },
      ],
      headers: [{ name: 'A', value: '"q" 100%' }],
      body: { type: 'json', value: { a: 1 } },
    },
  ],
  [
    'curl -I https://u:p@a.example/',
    { method: 'HEAD', url: 'https://a.example/', auth: { type: 'basic', username: 'u', password: 'p' } },
  ],
])('reads %s', (command, request) => {
  const { entries, skipped } = curl(command);
  expect(skipped).toEqual([]);
  expect(entries[0]?.request).toMatchObject(request);
});

it('reads several commands, and says what it leaves out', () => {
  const collection = curl(
    '# first\ncurl https://a.example/1 -o out.txt; curl https://a.example/2 --next https://a.example/3 && echo done\ncurl -X GET\n$ curl ftp://a.example',
  );
  expect(collection.entries.map(({ request }) => request.url)).toEqual([
    'https://a.example/1',
    'https://a.example/2',
    'https://a.example/3',
  ]);
  expect(collection.skipped.map(({ reason }) => reason)).toEqual([
    'the command has no URL',
    "requests are sent with http and https alone, got 'ftp:'",
  ]);
  expect(collection.notConverted).toEqual([
    { where: 'command 1', what: '--output', reason: 'the option says nothing that a request keeps' },
  ]);
});

it('writes commands that it reads back the same', () => {
  const commands = [
    `curl -X PUT https://a.example/x -H 'A: it'\\''s' -u me:x -d 'a=1' -L`,
    `curl https://a.example/y --json '{"a":[1,"ü"]}' -k`,
    'curl https://a.example/z?b=c%26d -I',
  ];
  for (const command of commands) {
    const request = curl(command).entries[0]?.request;
    if (request === undefined) throw new Error(`${command} was not read`);
    expect(curl(toCurl(request)).entries[0]?.request).toEqual(request);
  }
});

it('puts variables and path parameters into commands', () => {
  const text = toCurl(
    {
      method: 'GET',
      url: '/a/{id}/:sub',
      pathParams: [
        { name: 'id', value: '{{n}}' },
        { name: 'sub', value: 'x/y' },
      ],
      params: [{ name: 'q', value: '{{secret}}' }],
      headers: [],
      body: { type: 'none' },
      auth: { type: 'none' },
    },
    {
      variables: new Map<string, string | number>([
        ['baseUrl', 'https://{{host}}'],
        ['host', 'a.example'],
        ['n', 5],
      ]),
    },
  );
  expect(text).toContain("'https://a.example/a/5/x%2Fy?q={{secret}}'");
});

it('reads Insomnia 4: folders, templates, environments', () => {
  const collection = insomniaImporter.read(
    { name: 'i.json', text: JSON.stringify(insomnia4), others: [] },
    {},
  );
  expect(collection.entries).toMatchObject([
    {
      name: 'Make',
      category: 'Folder',
      request: {
        method: 'POST',
        url: '{{base}}/things',
        params: [{ name: 'at', value: '{{$timestamp}}' }],
        body: { type: 'json', value: { id: '{{$uuid}}' } },
        auth: { type: 'basic', username: 'u', password: '{{pw}}' },
      },
    },
    { name: 'Root', request: { url: 'https://b.example/' } },
  ]);
  expect(collection.variables).toEqual([{ name: 'base', value: 'https://b.example' }]);
  expect(collection.environments).toEqual([
    {
      name: 'Test',
      variables: [
        { name: 'base', value: 'https://t.example' },
        { name: 'nested', value: { a: 1 } },
      ],
    },
  ]);
});

it('reads Insomnia 5', () => {
  const text =
    'type: collection.insomnia.rest/5.0\nname: Five\ncollection:\n  - name: F\n    children:\n      - name: R\n        url: "{{ _.base }}/r"\n        method: GET\nenvironments:\n  name: Base\n  data: {base: https://five.example}\n  subEnvironments:\n    - name: T\n      data: {base: https://t.example}\n';
  expect(detectImporter({ name: 'a.yaml', text })?.name).toBe('Insomnia');
  const collection = insomniaImporter.read({ name: 'a.yaml', text, others: [] }, {});
  expect(collection.entries).toMatchObject([{ name: 'R', category: 'F', request: { url: '{{base}}/r' } }]);
  expect(collection.environments).toHaveLength(1);
});

it('knows each format by its text', () => {
  const found = Object.entries(documents).map(([key, document]) => [
    key,
    detectImporter({ name: 'x', text: JSON.stringify(document) })?.name,
  ]);
  expect(Object.fromEntries(found)).toEqual({
    openApi30: 'OpenAPI',
    swagger2: 'OpenAPI',
    postman21: 'Postman',
    har: 'HAR',
    insomnia4: 'Insomnia',
    postmanEnvironment: 'Postman environment',
  });
  expect(detectImporter({ name: 'x', text: 'curl https://a.example' })?.name).toBe('cURL');
  expect(detectImporter({ name: 'x', text: 'hello' })).toBeUndefined();
});
