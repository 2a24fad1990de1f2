import type { CallExpression, Expression, MemberExpression, Node, SpreadElement, Super } from 'acorn';
import type { Json } from '../../model/json.ts';
import { asText } from '../read-node.ts';

/** One `.name` or `.name(args)` of a chain. */
export interface Link {
  name: string;
  args?: (Expression | SpreadElement)[];
}

/** `pm.response.json().items[0]` as its first name and its links. */
export interface Chain {
  root: string;
  links: Link[];
}

/** Undefined where the expression is no chain of plain names. */
export function toChain(expression: Node): Chain | undefined {
  const links: Link[] = [];
  let current: Node = expression;
  for (;;) {
    switch (current.type) {
      case 'Identifier':
        return { root: (current as Node & { name: string }).name, links: links.reverse() };
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        current = (current as Node & { expression: Expression }).expression;
        break;
      case 'MemberExpression': {
        const name = memberName(current as MemberExpression);
        if (name === undefined) return undefined;
        links.push({ name });
        current = (current as MemberExpression).object;
        break;
      }
      case 'CallExpression': {
        const call = current as CallExpression;
        const callee: Expression | Super = call.callee;
        if (callee.type === 'Identifier') {
          links.push({ name: '', args: call.arguments });
          current = callee;
          break;
        }
        if (callee.type !== 'MemberExpression') return undefined;
        const name = memberName(callee);
        if (name === undefined) return undefined;
        links.push({ name, args: call.arguments });
        current = callee.object;
        break;
      }
      default:
        return undefined;
    }
  }
}

function memberName(member: MemberExpression): string | undefined {
  if (!member.computed) return member.property.type === 'Identifier' ? member.property.name : undefined;
  if (member.property.type !== 'Literal') return undefined;
  const { value } = member.property;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** A value that is written out: literals, lists and objects of them. */
export function literalOf(expression: Node | null | undefined): { value: Json } | undefined {
  switch (expression?.type) {
    case 'Literal': {
      const { value } = expression as Node & { value: unknown };
      const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
      return plain && !('regex' in expression && expression.regex) ? { value: value as Json } : undefined;
    }
    case 'TemplateLiteral': {
      const { quasis } = expression as Node & { quasis: { value: { cooked?: string | null } }[] };
      return quasis.length === 1 ? { value: quasis[0]?.value.cooked ?? '' } : undefined;
    }
    case 'UnaryExpression': {
      const { operator, argument } = expression as Node & { operator: string; argument: Node };
      const inner = literalOf(argument);
      return operator === '-' && typeof inner?.value === 'number' ? { value: -inner.value } : undefined;
    }
    case 'ArrayExpression': {
      const { elements } = expression as Node & { elements: (Node | null)[] };
      const values = elements.map((element) => literalOf(element));
      return values.every((one) => one !== undefined) ? { value: values.map((one) => one.value) } : undefined;
    }
    case 'ObjectExpression':
      return objectLiteral((expression as Node & { properties: Node[] }).properties);
    default:
      return undefined;
  }
}

function objectLiteral(properties: Node[]): { value: Json } | undefined {
  const entries: [string, Json][] = [];
  for (const property of properties as (Node & {
    key?: Node;
    value?: Node;
    computed?: boolean;
    kind?: string;
  })[]) {
    if (property.type !== 'Property' || property.computed === true || property.kind !== 'init')
      return undefined;
    const key =
      property.key?.type === 'Identifier'
        ? (property.key as Node & { name: string }).name
        : asText(literalOf(property.key)?.value);
    const value = literalOf(property.value);
    if (value === undefined) return undefined;
    entries.push([key, value.value]);
  }
  return { value: Object.fromEntries(entries) };
}
