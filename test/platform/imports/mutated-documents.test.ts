import fc from 'fast-check';
import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { ImportError } from '../../../apis/_platform/importers/import-error.ts';
import { detectImporter, importerNamed } from '../../../apis/_platform/importers/importers.ts';
import { readCollections } from '../../../apis/_platform/importers/read-collections.ts';
import { toOpenApi } from '../../../apis/_platform/exporters/openapi/to-openapi.ts';
import { toPostman } from '../../../apis/_platform/exporters/postman/to-postman.ts';
import { convertScript } from '../../../apis/_platform/importers/postman-scripts/convert-script.ts';
import { documents } from './sample-documents.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_007);
const parameters = { seed, numRuns: Number(process.env['FUZZ_RUNS'] ?? 120) };

/** Reads a document as an import does; a refusal is fine, anything else is not. */
function readAll(text: string, format?: string): void {
  try {
    const options = { schemaAssertions: true };
    const files = [{ name: 'a.json', text }];
    let given = 0;
    const [prepared] = readCollections({ files, format, options }, () => given++);
    const importer = format === undefined ? detectImporter({ name: 'a.json', text }) : importerNamed(format);
    const collection = importer?.read({ name: 'a.json', text, others: [] }, options);
    if (collection !== undefined) {
      for (const { reason } of [...collection.skipped, ...collection.notConverted])
        expect(reason).not.toMatch(/Cannot |is not a|undefined|iterable/);
      const found = collection.entries.length + collection.skipped.length;
      expect(given + (prepared?.skipped.length ?? 0)).toBe(found);
      JSON.parse(JSON.stringify(toOpenApi(collection)));
      JSON.parse(JSON.stringify(toPostman(collection)));
    }
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    expect(error.message).not.toMatch(/undefined|\[object/);
  }
}

type Path = (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [
    path,
    ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key])),
  ];
}

function changed(document: unknown, path: Path, replacement: unknown): unknown {
  if (path.length === 0) return replacement;
  const copy = structuredClone(document) as Record<string | number, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (replacement === undefined) delete holder[last];
  else holder[last] = replacement;
  return copy;
}

const odd = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    '',
    ' ',
    '#',
    '#/',
    '#/components/schemas/Order',
    '/a',
    'constructor',
    '__proto__',
    '{{',
    '{{x',
    '{{$guid}}',
    '\uD800',
    'http://[',
    'a'.repeat(3000),
    [],
    {},
    [null],
    [[]],
    { $ref: 5 },
    { $ref: '#' },
    { $ref: '#/paths' },
    { $ref: '../../x.json' },
    { type: 'array' },
    { type: ['null'] },
    { toString: 1 },
    { __proto__: null, constructor: 1 },
    { in: 'query' },
    { key: 1 },
    { name: {} },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

it.each(Object.entries(documents))(
  `a changed document is read or refused: %s (FUZZ_SEED=${seed})`,
  (_, document) => {
    const paths = pathsOf(document);
    const change = fc.record({ path: fc.nat(paths.length - 1), value: odd });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, asYaml) => {
        let mutant: unknown = document;
        for (const { path, value } of changes) {
          try {
            mutant = changed(mutant, paths[path] ?? [], value);
          } catch {
            // An earlier change took away what this one is about.
          }
        }
        const text =
          asYaml && mutant !== undefined
            ? stringify(mutant, { aliasDuplicateObjects: false })
            : JSON.stringify(mutant ?? null);
        readAll(text);
      }),
      parameters,
    );
  },
);

it.each(['OpenAPI', 'Postman', 'Postman environment', 'HAR', 'Insomnia', 'cURL'])(
  `any JSON and any text as %s (FUZZ_SEED=${seed})`,
  (format) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 200 })),
        (text) => {
          readAll(text, format);
          readAll(`curl ${text}`, format);
        },
      ),
      { ...parameters, numRuns: Math.ceil(parameters.numRuns / 2) },
    );
  },
);

it(`a text that is cut off is read or refused with its place (FUZZ_SEED=${seed})`, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(documents)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (document, part, asYaml) => {
        const text = asYaml ? stringify(document) : JSON.stringify(document, null, 2);
        readAll(text.slice(0, Math.floor(text.length * part)));
      },
    ),
    { ...parameters, numRuns: parameters.numRuns },
  );
});

it(`scripts are read, never run (FUZZ_SEED=${seed})`, () => {
  const parts = [
    'pm',
    '.test',
    '("a",',
    '()=>',
    '{',
    '}',
    ')',
    ';',
    '.expect(',
    '.to',
    '.be',
    '.eql(',
    'pm.response.json()',
    '.length',
    '[0]',
    '["x"]',
    'tests["y"]',
    '=',
    '===',
    '1',
    '"s"',
    'responseBody',
    '.has(',
    '/re/i',
    'const a',
    'let {b}',
    ',',
    '!',
    'if(',
    'process.exit(1)',
    'while(true){}',
    'constructor',
    '.constructor',
    '__proto__',
    'toString',
    '`t`',
    '${',
    '-',
    'await ',
    '\n',
    'return',
    'pm.environment.set("k",',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 25 }),
      fc.constantFrom('test' as const, 'pre-request' as const),
      (tokens, kind) => {
        const source = tokens.join('');
        const converted = convertScript(source, kind);
        expect(converted.leftovers.every((leftover) => leftover.reason !== '')).toBe(true);
      },
    ),
    { ...parameters, numRuns: parameters.numRuns * 4 },
  );
});
