import type { ObjectShape, Signature } from '../contract/signature.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { NamedTypes } from './client-definitions.ts';
import { docLines, indented, propertyKey, quoted } from './client-literals.ts';
import { typeText } from './client-types.ts';

/** A place in the client: a folder, a module, a function, or more than one of them under one name. */
export interface ClientNode {
  endpoint: Endpoint | undefined;
  /** By name. */
  readonly members: Map<string, ClientNode>;
}

/** `/billing/invoices/create` becomes `billing` → `invoices` → `create`; members are in the order of `endpoints`. */
export function toClientTree(endpoints: readonly Endpoint[]): ClientNode {
  const root: ClientNode = { endpoint: undefined, members: new Map() };
  for (const endpoint of endpoints) {
    let node = root;
    for (const segment of [...endpoint.module.split('/'), endpoint.name]) {
      let member = node.members.get(segment);
      if (member === undefined)
        node.members.set(segment, (member = { endpoint: undefined, members: new Map() }));
      node = member;
    }
    node.endpoint = endpoint;
  }
  return root;
}

/** The members of an interface or object type, one after the other. */
export function memberTypes({ members }: ClientNode, types: NamedTypes): string {
  return [...members].map(([name, node]) => `${memberType(name, node, types)};`).join('\n');
}

function memberType(name: string, node: ClientNode, types: NamedTypes): string {
  const { endpoint, members } = node;
  if (endpoint === undefined)
    return `readonly ${propertyKey(name)}: {\n${indented(memberTypes(node, types))}\n}`;
  const call = callType(endpoint.signature, types);
  const doc = functionDoc(endpoint);
  if (members.size === 0) return [...doc, `${propertyKey(name)}${call}`].join('\n');
  const own = [...doc, `${call};`, memberTypes(node, types)].join('\n');
  return `readonly ${propertyKey(name)}: {\n${indented(own)}\n}`;
}

/** `(args: { … }, options?: CallOptions): Promise<…>` */
function callType(signature: Signature, types: NamedTypes): string {
  const { parameters, returns } = signature;
  const body: ObjectShape = { kind: 'object', properties: parameters };
  const args = typeText(body, {
    direction: 'input',
    nameOf: (name) => types.nameOf(signature, name, 'input'),
  });
  const shape = typeText(returns.shape, {
    direction: 'output',
    nameOf: (name) => types.nameOf(signature, name, 'output'),
  });
  const left = parameters.every(({ optional }) => optional) ? '?' : '';
  const type = parameters.length === 0 ? 'NoArguments' : args;
  return `(args${left}: ${type}, options?: CallOptions): ${resultType(returns.kind, shape)}`;
}

function resultType(kind: Signature['returns']['kind'], shape: string): string {
  switch (kind) {
    case 'value':
      return `Promise<${shape}>`;
    case 'stream':
      return `AsyncGenerator<${shape}, void, undefined>`;
    case 'response':
      return 'Promise<Response>';
    default: {
      const check: never = kind;
      return check;
    }
  }
}

function functionDoc({ path, signature, options }: Endpoint): string[] {
  const { description, returnsDescription = '', deprecated } = signature;
  const roles = options.roles ?? [];
  const needs =
    roles.length === 0 ? '' : `; needs the role ${roles.map((role) => `'${role}'`).join(' and ')}`;
  return docLines([
    description === '' ? '' : `${description}\n`,
    `POST ${path}${needs}`,
    ...(returnsDescription === '' ? [] : [`@returns ${returnsDescription}`]),
    ...(deprecated === true ? ['@deprecated'] : []),
  ]);
}

/** The members of an object literal, one after the other. `type` is that of the whole, such as `ApiClient`. */
export function memberValues({ members }: ClientNode, type = 'ApiClient'): string {
  return [...members]
    .map(([name, node]) => `${propertyKey(name)}: ${memberValue(node, `${type}[${quoted(name)}]`)},`)
    .join('\n');
}

function memberValue(node: ClientNode, type: string): string {
  const own = `{\n${indented(memberValues(node, type))}\n}`;
  const { endpoint, members } = node;
  if (endpoint === undefined) return own;
  const { path, signature } = endpoint;
  const call = `(args, options) => call.${signature.returns.kind}(${quoted(path)}, args, options)`;
  // Their type is named: from two halves, TypeScript does not find what a function with members takes.
  return members.size === 0 ? call : `call.withMembers<${type}>(${call}, ${own})`;
}
