import type {
  BinaryExpression,
  CallExpression,
  Expression,
  LogicalExpression,
  Node,
  UnaryExpression,
} from 'acorn';
import type { Assertion, Operator } from '../../model/checks.ts';
import { checkLength } from './check-length.ts';
import { check, patternText, valueOf } from './check-of.ts';
import { meaningOf, pathPart, textOf, type Bindings, type Meaning } from './meaning.ts';

const operatorsOf: Record<string, [straight: Operator, turned: Operator]> = {
  '===': ['equals', 'equals'],
  '==': ['equals', 'equals'],
  '!==': ['notEquals', 'notEquals'],
  '!=': ['notEquals', 'notEquals'],
  '<': ['less', 'greater'],
  '<=': ['lessOrEqual', 'greaterOrEqual'],
  '>': ['greater', 'less'],
  '>=': ['greaterOrEqual', 'lessOrEqual'],
};

/** Checks that hold exactly when an expression such as `responseCode.code === 200` is true; undefined without a counterpart. */
export function readBoolean(expression: Node, bindings: Bindings): Assertion[] | undefined {
  switch (expression.type) {
    case 'LogicalExpression': {
      const { operator, left, right } = expression as LogicalExpression;
      if (operator !== '&&') return undefined;
      const [first, second] = [readBoolean(left, bindings), readBoolean(right, bindings)];
      return first && second && [...first, ...second];
    }
    case 'ParenthesizedExpression':
      return readBoolean((expression as Node & { expression: Expression }).expression, bindings);
    case 'BinaryExpression':
      return readComparison(expression as BinaryExpression, bindings);
    case 'CallExpression':
      return readTest(expression as CallExpression, bindings);
    case 'UnaryExpression': {
      const { operator, argument } = expression as UnaryExpression;
      const [inner, ...more] = operator === '!' ? (readBoolean(argument, bindings) ?? []) : [];
      if (inner === undefined || more.length > 0 || inner.on === 'call') return undefined;
      const { operator: positive, expected, ...subject } = inner;
      const turned = check(subject, {
        operator: positive,
        negated: true,
        ...(expected === undefined ? {} : { expected }),
      });
      return turned && [turned];
    }
    default:
      return undefined;
  }
}

function readComparison(expression: BinaryExpression, bindings: Bindings): Assertion[] | undefined {
  const pair = Object.hasOwn(operatorsOf, expression.operator) ? operatorsOf[expression.operator] : undefined;
  if (pair === undefined || expression.left.type === 'PrivateIdentifier') return undefined;
  const typed = readTypeof(expression, bindings);
  if (typed !== undefined) return typed;
  const left = meaningOf(expression.left, bindings);
  const isUndefined = (node: Node): boolean =>
    node.type === 'Identifier' && (node as Node & { name: string }).name === 'undefined';
  if (isUndefined(expression.right) && left?.kind === 'subject') {
    const found = check(left.subject, { operator: 'notExists', negated: pair[0] === 'notEquals' });
    return pair[0] === 'equals' || pair[0] === 'notEquals' ? found && [found] : undefined;
  }
  const right = meaningOf(expression.right, bindings);
  if (right?.kind === 'value') return compared(left, pair[0], right);
  return left?.kind === 'value' ? compared(right, pair[1], left) : undefined;
}

function compared(
  about: Meaning | undefined,
  operator: Operator,
  value: Meaning & { kind: 'value' },
): Assertion[] | undefined {
  if (about?.kind === 'subject') return [{ ...about.subject, operator, expected: value.value }];
  if (about?.kind === 'length') {
    const found = checkLength(about.of, operator, value.value);
    return found && [found];
  }
  return undefined;
}

/** `typeof x === 'string'` */
function readTypeof(expression: BinaryExpression, bindings: Bindings): Assertion[] | undefined {
  const { left, right, operator } = expression;
  if (left.type !== 'UnaryExpression' || left.operator !== 'typeof' || !operator.startsWith('=='))
    return undefined;
  const about = meaningOf(left.argument, bindings);
  const type = textOf(right);
  if (about?.kind !== 'subject' || about.subject.on !== 'jsonPath' || type === undefined) return undefined;
  if (!['string', 'number', 'boolean'].includes(type)) return undefined;
  return [{ ...about.subject, operator: 'type', expected: type }];
}

/** `responseBody.has('x')`, `.includes('x')`, `/x/.test(responseBody)`, `_.has(json, 'x')`, `tv4.validate(json, schema)`. */
function readTest(call: CallExpression, bindings: Bindings): Assertion[] | undefined {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return undefined;
  const { name } = callee.property;
  const [first, second] = call.arguments;
  const object = callee.object.type === 'Super' ? undefined : meaningOf(callee.object, bindings);
  if (object?.kind === 'subject' && (name === 'has' || name === 'includes')) {
    const value = valueOf(first, bindings);
    return value && [{ ...object.subject, operator: 'contains', expected: value.value }];
  }
  const about = meaningOf(first, bindings);
  if (about?.kind !== 'subject') return undefined;
  if (object?.kind === 'pattern' && name === 'test') {
    const expected = patternText(object);
    return expected === undefined ? undefined : [{ ...about.subject, operator: 'matches', expected }];
  }
  const receiver = callee.object.type === 'Identifier' ? callee.object.name : '';
  const property = textOf(second);
  if (receiver === '_' && name === 'has' && property !== undefined && about.subject.on === 'jsonPath') {
    return [{ ...about.subject, path: `${about.subject.path}${pathPart(property)}`, operator: 'exists' }];
  }
  const schema = valueOf(second, bindings);
  if (receiver === 'tv4' && name === 'validate' && schema !== undefined) {
    return [{ ...about.subject, operator: 'schema', expected: schema.value }];
  }
  return undefined;
}
