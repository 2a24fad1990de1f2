import type { Snapshot } from '../registry/snapshot.ts';
import { collectNamedTypes, type NamedType, type NamedTypes } from './client-definitions.ts';
import { docLines, indented } from './client-literals.ts';
import { clientAnswers } from './client-runtime-answers.ts';
import { clientCalls } from './client-runtime-calls.ts';
import { clientContract } from './client-runtime.ts';
import { memberTypes, memberValues, toClientTree, type ClientNode } from './client-tree.ts';
import { objectBody, typeText, type TypeContext } from './client-types.ts';

export interface ClientTextOptions {
  /** Of the runtime. */
  readonly version: string;
}

/**
 * A typed client for everything that a snapshot serves: one TypeScript file that imports nothing and compiles
 * under `strict`. The same snapshot always gives the same text, in the order of names.
 */
export function toClientText(snapshot: Snapshot, options: ClientTextOptions): string {
  const endpoints = [...snapshot.endpoints.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  const types = collectNamedTypes(endpoints);
  const tree = toClientTree(endpoints);
  const parts = [
    header(snapshot, options),
    clientInterface(tree, types),
    ...types.list.map((type) => typeDeclaration(type, types)),
    clientFactory(tree),
    clientContract(),
    clientCalls,
    clientAnswers,
  ];
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

function header({ generation }: Snapshot, { version }: ClientTextOptions): string {
  return `// Client of an api-deploy service: generated, do not edit. Get it anew from /client.ts, or by 'api-deploy client'.
// api-deploy ${version}, generation ${generation}
//
//     const api = createClient({ baseUrl: 'http://127.0.0.1:8000', token: '…' });
//     const result = await api.module.function({ name: 'value' });
//
// Arguments may be rich values: Date, URL, bigint, Uint8Array, Map, Set, Blob. Results are JSON as it was sent:
// a date is text then. Where a type's two forms differ, the one to send ends with 'Input'.
/* eslint-disable */`;
}

function clientInterface(tree: ClientNode, types: NamedTypes): string {
  const members = memberTypes(tree, types);
  const body = members === '' ? '{}' : `{\n${indented(members)}\n}`;
  return `/** Every function of the service, by module. */\nexport interface ApiClient ${body}`;
}

function typeDeclaration({ name, direction, definition, signature }: NamedType, types: NamedTypes): string {
  const { shape, description = '' } = definition;
  const context: TypeContext = {
    direction,
    nameOf: (reference) => types.nameOf(signature, reference, direction),
  };
  const isInterface = shape.kind === 'object' && (shape.properties.length > 0 || shape.index !== undefined);
  const declaration = isInterface
    ? `export interface ${name} ${objectBody(shape, context)}`
    : `export type ${name} = ${typeText(shape, context)};`;
  return [...docLines([description]), declaration].join('\n');
}

function clientFactory(tree: ClientNode): string {
  const members = indented(indented(memberValues(tree)));
  const body =
    members === ''
      ? '  createCalls(options);\n  return {};'
      : `  const call = createCalls(options);\n  return {\n${members}\n  };`;
  return `/** A client of the service at \`options.baseUrl\`. */
export function createClient(options: ClientOptions): ApiClient {
${body}
}`;
}
