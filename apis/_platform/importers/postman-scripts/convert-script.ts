import { parse, type Node, type Program } from 'acorn';
import type { Assertion, Extraction } from '../../model/checks.ts';
import type { ImportedVariable } from '../importer.ts';
import { shorten } from '../read-node.ts';
import { readBoolean } from './boolean-check.ts';
import { readExpectation } from './expect-chain.ts';
import { bindDeclaration, bindPattern, forgetChanged } from './bind-names.ts';
import { meaningOf, textOf, type Bindings } from './meaning.ts';
import { readResponseExpectation } from './response-chain.ts';
import { toChain } from './script-chain.ts';
import { readSet, toExtraction, toVariable } from './set-variable.ts';

export interface ConvertedScript {
  assertions: Assertion[];
  extractions: Extraction[];
  variables: ImportedVariable[];
  /** What has no counterpart, as written. */
  leftovers: { source: string; reason: string }[];
}

const maxLength = 500_000;

interface Conversion {
  readonly source: string;
  readonly kind: 'test' | 'pre-request';
  readonly out: ConvertedScript;
  readonly bindings: Bindings;
  /** Name of the `pm.test` around. */
  readonly test?: string;
}

/**
 * The usual patterns of a Postman script as assertions and extractions. The script is read, never run: whatever would
 * have to be run to be known is a leftover.
 */
export function convertScript(source: string, kind: 'test' | 'pre-request'): ConvertedScript {
  const out: ConvertedScript = { assertions: [], extractions: [], variables: [], leftovers: [] };
  if (source.length > maxLength) {
    out.leftovers.push({ source: shorten(source, 10_000), reason: 'the script is too long' });
    return out;
  }
  let program: Program;
  try {
    program = parse(source, {
      ecmaVersion: 'latest',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowHashBang: true,
    });
  } catch (error) {
    // A script that is nested too deep for the parser fails with a RangeError.
    out.leftovers.push({
      source,
      reason: `it is no JavaScript that can be read: ${(error as Error).message}`,
    });
    return out;
  }
  convertAll(program.body, { source, kind, out, bindings: new Map() });
  return out;
}

function convertAll(statements: readonly Node[], conversion: Conversion): void {
  for (const statement of statements) {
    if (convertStatement(statement, conversion)) continue;
    const source = conversion.source.slice(statement.start, statement.end);
    forgetChanged(conversion.bindings, source);
    conversion.out.leftovers.push({
      source,
      reason:
        conversion.kind === 'test'
          ? 'it is none of the known patterns'
          : 'scripts before a request are not run',
    });
  }
}

/** Whether the statement was taken over, or means nothing. */
function convertStatement(statement: Node, conversion: Conversion): boolean {
  switch (statement.type) {
    case 'EmptyStatement':
      return true;
    case 'VariableDeclaration':
      return bindDeclaration(statement, conversion.bindings);
    case 'ExpressionStatement': {
      if ('directive' in statement && statement.directive !== undefined) return true;
      let { expression } = statement as Node & { expression: Node };
      if (expression.type === 'AwaitExpression')
        expression = (expression as Node & { argument: Node }).argument;
      return expression.type === 'AssignmentExpression'
        ? convertAssignment(expression, conversion)
        : convertCall(expression, conversion);
    }
    default:
      return false;
  }
}

/** `tests['name'] = …` and `name = …`. */
function convertAssignment(expression: Node, conversion: Conversion): boolean {
  const { left, right, operator } = expression as Node & { left: Node; right: Node; operator: string };
  if (operator !== '=') return false;
  const chain = toChain(left);
  if (chain?.root === 'tests' && chain.links.length === 1) {
    const assertions = readBoolean(right, conversion.bindings);
    if (assertions === undefined) return false;
    add(assertions, { ...conversion, test: chain.links[0]?.name ?? '' });
    return true;
  }
  return (
    left.type === 'Identifier' &&
    bindPattern(left, meaningOf(right, conversion.bindings), conversion.bindings)
  );
}

function convertCall(expression: Node, conversion: Conversion): boolean {
  const { bindings, out, kind } = conversion;
  const chain = toChain(expression);
  if (chain === undefined) return false;
  if (chain.root === 'console') return true;
  const set = readSet(chain);
  if (set !== undefined) {
    const extraction = kind === 'test' ? toExtraction(set, bindings) : undefined;
    const variable = kind === 'pre-request' ? toVariable(set, bindings) : undefined;
    if (extraction !== undefined) out.extractions.push(extraction);
    if (variable !== undefined) out.variables.push(variable);
    return extraction !== undefined || variable !== undefined;
  }
  if (chain.root !== 'pm' || kind !== 'test') return false;
  const [first, second, ...rest] = chain.links;
  if (first?.name === 'test' && chain.links.length === 1) return convertTest(first.args ?? [], conversion);
  const assertions =
    first?.name === 'expect'
      ? readExpect(first.args?.[0], chain.links.slice(1), bindings)
      : first?.name === 'response' && second?.name === 'to'
        ? readResponseExpectation(rest, bindings)
        : undefined;
  if (assertions === undefined) return false;
  add(assertions, conversion);
  return true;
}

function readExpect(
  about: Node | undefined,
  links: Parameters<typeof readExpectation>[1],
  bindings: Bindings,
): Assertion[] | undefined {
  const meaning = meaningOf(about, bindings);
  if (meaning !== undefined) return readExpectation(meaning, links, bindings);
  // `pm.expect(a === b).to.be.true`
  const last = links.at(-1);
  const isTrue =
    last?.name === 'true' ||
    (last?.name.startsWith('eq') === true && meaningValue(last?.args?.[0], bindings) === true);
  const negated = links.some((link) => link.name === 'not');
  return about !== undefined && isTrue && !negated ? readBoolean(about, bindings) : undefined;
}

function meaningValue(expression: Node | undefined, bindings: Bindings): unknown {
  const meaning = meaningOf(expression, bindings);
  return meaning?.kind === 'value' ? meaning.value : undefined;
}

/** `pm.test('name', function () { … })`: what is in it, under its name. */
function convertTest(args: readonly Node[], conversion: Conversion): boolean {
  const [nameNode, body] = args as [
    Parameters<typeof textOf>[0],
    (Node & { body?: Node & { body?: Node[] }; params?: Node[] }) | undefined,
  ];
  const name = textOf(nameNode);
  if (name === undefined || body === undefined) return false;
  if (body.type !== 'FunctionExpression' && body.type !== 'ArrowFunctionExpression') return false;
  // A `done` callback says when a test ends.
  if ((body.params ?? []).length > 0 || body.body === undefined) return false;
  const inner: Conversion = { ...conversion, test: name, bindings: new Map(conversion.bindings) };
  if (body.body.type === 'BlockStatement') convertAll(body.body.body ?? [], inner);
  else if (!convertCall(body.body, inner)) return false;
  return true;
}

function add(assertions: Assertion[], { out, test }: Conversion): void {
  const named = assertions.map((assertion) =>
    test === undefined || test === '' ? assertion : { ...assertion, name: shorten(test, 200) },
  );
  out.assertions.push(...named);
}
