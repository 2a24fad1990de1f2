import type { Expression, Node, SpreadElement } from 'acorn';
import type { Subject } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import { literalOf, toChain, type Link } from './script-chain.ts';

/** What an expression of a script stands for, as far as the catalog has words for it. */
export type Meaning =
  | { kind: 'value'; value: Json }
  | { kind: 'subject'; subject: Subject }
  | { kind: 'length'; of: Subject }
  | { kind: 'cookie'; name: string }
  | { kind: 'pattern'; source: string; flags: string };

export type Bindings = Map<string, Meaning>;

const root: Meaning = { kind: 'subject', subject: { on: 'jsonPath', path: '$' } };
const body: Meaning = { kind: 'subject', subject: { on: 'body' } };

/** Undefined for everything that would have to be run to be known. */
export function meaningOf(expression: Node | undefined, bindings: Bindings): Meaning | undefined {
  if (expression === undefined) return undefined;
  if (expression.type === 'AwaitExpression') {
    return meaningOf((expression as Node & { argument: Node }).argument, bindings);
  }
  const regex = (expression as Node & { regex?: { pattern: string; flags: string } | null }).regex;
  if (expression.type === 'Literal' && regex)
    return { kind: 'pattern', source: regex.pattern, flags: regex.flags };
  const literal = literalOf(expression);
  if (literal !== undefined) return { kind: 'value', value: literal.value };
  const chain = toChain(expression);
  if (chain === undefined) return undefined;
  const bound = bindings.get(chain.root);
  if (bound !== undefined) return extended(bound, chain.links);
  return knownRoot(chain.root, chain.links, bindings);
}

function knownRoot(name: string, links: Link[], bindings: Bindings): Meaning | undefined {
  const [first, second] = links;
  switch (name) {
    case 'pm':
      return ofPm(links);
    case 'responseCode':
      return first?.name === 'code' && links.length === 1 ? status : undefined;
    case 'responseBody':
      return extended(body, links);
    case 'responseTime':
      return links.length === 0 ? time : undefined;
    case 'responseHeaders':
      return first !== undefined && first.args === undefined && links.length === 1
        ? header(first.name)
        : undefined;
    case 'environment':
    case 'globals':
      return first !== undefined && first.args === undefined && links.length === 1
        ? reference(first.name)
        : undefined;
    case 'JSON':
      if (first?.name !== 'parse' || first.args?.length !== 1) return undefined;
      return isBody(first.args[0], bindings) ? extended(root, links.slice(1)) : undefined;
    case 'postman': {
      const argument = textOf(first?.args?.[0]);
      if (argument === undefined) return undefined;
      if (first?.name === 'getResponseHeader' && links.length === 1) return header(argument);
      if (first?.name === 'getResponseCookie' && second?.name === 'value')
        return { kind: 'cookie', name: argument };
      if (/^get(?:Environment|Global)Variable$/.test(first?.name ?? '') && links.length === 1)
        return reference(argument);
      return undefined;
    }
    default:
      return undefined;
  }
}

const status: Meaning = { kind: 'subject', subject: { on: 'status' } };
const time: Meaning = { kind: 'subject', subject: { on: 'time' } };

function ofPm(links: Link[]): Meaning | undefined {
  const [first, second, third] = links;
  if (first === undefined || first.args !== undefined || second === undefined) return undefined;
  const argument = textOf(second.args?.[0]);
  switch (first.name) {
    case 'environment':
    case 'collectionVariables':
    case 'globals':
    case 'variables':
    case 'iterationData':
      if (argument === undefined || links.length !== 2) return undefined;
      if (second.name === 'get') return reference(argument);
      return second.name === 'replaceIn' ? { kind: 'value', value: argument } : undefined;
    case 'cookies':
      return second.name === 'get' && argument !== undefined && links.length === 2
        ? { kind: 'cookie', name: argument }
        : undefined;
    case 'response':
      break;
    default:
      return undefined;
  }
  const rest = links.slice(2);
  switch (second.name) {
    case 'code':
      return rest.length === 0 ? status : undefined;
    case 'responseTime':
      return rest.length === 0 ? time : undefined;
    case 'responseSize':
      return rest.length === 0 ? { kind: 'subject', subject: { on: 'size' } } : undefined;
    case 'json':
      return second.args?.length === 0 ? extended(root, rest) : undefined;
    case 'text':
      return second.args?.length === 0 ? extended(body, rest) : undefined;
    case 'headers': {
      const name = textOf(third?.args?.[0]);
      return third?.name === 'get' && name !== undefined && links.length === 3 ? header(name) : undefined;
    }
    default:
      return undefined;
  }
}

/** A way into a value; methods would have to be run. */
export function extended(meaning: Meaning, links: Link[]): Meaning | undefined {
  let current: Meaning = meaning;
  for (const [index, link] of links.entries()) {
    if (link.args !== undefined || current.kind !== 'subject') return undefined;
    const last = index === links.length - 1;
    if (current.subject.on !== 'jsonPath') return undefined;
    if (link.name === 'length' && last) return { kind: 'length', of: current.subject };
    current = {
      kind: 'subject',
      subject: { on: 'jsonPath', path: `${current.subject.path}${pathPart(link.name)}` },
    };
  }
  return current;
}

/** A property or index in JSONPath (RFC 9535). */
export function pathPart(name: string): string {
  if (/^\d+$/.test(name)) return `[${name}]`;
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  return `['${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
}

export function textOf(expression: Expression | SpreadElement | undefined): string | undefined {
  const value = literalOf(expression)?.value;
  return typeof value === 'string' ? value : undefined;
}

function header(name: string): Meaning {
  return { kind: 'subject', subject: { on: 'header', header: name } };
}

function reference(name: string): Meaning {
  return { kind: 'value', value: `{{${name}}}` };
}

function isBody(expression: Expression | SpreadElement | undefined, bindings: Bindings): boolean {
  const meaning = meaningOf(expression, bindings);
  return meaning?.kind === 'subject' && meaning.subject.on === 'body';
}
