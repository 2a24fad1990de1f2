import type { MediaSchema, ResponseSchema } from '../../model/api-schemas.ts';
import type { Assertion } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import { literals } from '../literal.ts';
import { at, textAt } from '../read-node.ts';
import { childOf, type Located } from './documents.ts';
import { readContent } from './parameters.ts';
import { exampleOf, followed, note, type Reading } from './reading.ts';
import { bundleSchema } from './bundle-schema.ts';

/** What an operation answers, by status. */
export function readResponses(
  reading: Reading,
  node: Located<Json | undefined>,
  produces: string[],
): { [status: string]: ResponseSchema } {
  return Object.fromEntries(
    followed(reading, node)
      .filter(([status]) => !status.startsWith('x-'))
      .map(([status, response]) => {
        const content =
          reading.version === '2.0'
            ? oldContent(reading, response, produces)
            : readContent(reading, childOf(response, 'content'));
        const headers = followed(reading, childOf(response, 'headers')).map(([name, header]) => [
          name,
          readHeader(reading, header),
        ]);
        if (at(response.value, 'links') !== undefined) {
          note(reading, response, 'links', 'links between operations are not taken over');
        }
        return [
          status,
          {
            description: textAt(response.value, 'description') ?? '',
            ...(headers.length === 0
              ? {}
              : { headers: Object.fromEntries(headers) as { [name: string]: Json } }),
            ...(Object.keys(content).length === 0 ? {} : { content }),
          },
        ];
      }),
  );
}

function oldContent(
  reading: Reading,
  response: Located,
  produces: string[],
): { [type: string]: MediaSchema } {
  const schemaNode = childOf(response, 'schema');
  const examples = at(response.value, 'examples');
  if (schemaNode.value === undefined && examples === undefined) return {};
  const schema = schemaNode.value === undefined ? undefined : reading.store.convert(schemaNode as Located);
  const types = produces.length === 0 ? ['application/json'] : produces;
  return Object.fromEntries(
    types.map((type) => {
      const example = at(examples, type);
      return [
        type,
        { ...(schema === undefined ? {} : { schema }), ...(example === undefined ? {} : { example }) },
      ];
    }),
  );
}

function readHeader(reading: Reading, header: Located): Json {
  const schema = childOf(header, 'schema');
  const description = textAt(header.value, 'description');
  const example = exampleOf(reading, header);
  const { description: _, ...old } = (reading.version === '2.0' ? header.value : {}) as {
    [key: string]: Json;
  };
  return {
    ...(description === undefined || description === '' ? {} : { description }),
    ...(at(header.value, 'required') === true ? { required: true } : {}),
    ...(example === undefined ? {} : { example }),
    schema: reading.store.convert(
      schema.value === undefined
        ? { ...header, value: reading.version === '2.0' ? old : { type: 'string' } }
        : (schema as Located),
    ),
  };
}

/** Checks of the status and of the JSON against its schema; empty where the success has no schema. */
export function schemaAssertions(
  reading: Reading,
  node: Located,
  responses: { [status: string]: ResponseSchema },
): Assertion[] {
  const statuses = Object.keys(responses).filter((status) => /^2\d\d$/.test(status));
  const first = statuses[0] ?? Object.keys(responses).find((status) => /^2XX$/i.test(status));
  const found = Object.entries((first === undefined ? undefined : responses[first])?.content ?? {}).find(
    ([type]) => /^(?:application\/json|[^;]*\+json|\*\/\*)/.test(type),
  );
  const schema = found?.[1].schema;
  if (schema === undefined) return [];
  const bundled = bundleSchema(schema, reading.store.resolve);
  if (bundled === undefined) {
    note(
      reading,
      node,
      'check of the answer against its schema',
      'with all that it refers to, the schema is too large',
    );
    return [];
  }
  const expected = statuses.map(Number);
  return [
    ...(expected.length === 0
      ? []
      : [
          expected.length === 1
            ? ({ on: 'status', operator: 'equals', expected: expected[0] as number } as const)
            : ({ on: 'status', operator: 'in', expected } as const),
        ]),
    {
      name: 'answer matches its schema',
      on: 'jsonPath',
      path: '$',
      operator: 'schema',
      expected: literals(bundled),
    },
  ];
}
