import { STATUS_CODES } from 'node:http';
import type { Assertion, Subject } from '../../model/checks.ts';
import { check, valueOf } from './check-of.ts';
import { readExpectation } from './expect-chain.ts';
import { pathPart, textOf, type Bindings } from './meaning.ts';
import type { Link } from './script-chain.ts';

const status: Subject = { on: 'status' };
const json: Subject = { on: 'jsonPath', path: '$' };

const statusWords: Record<string, number> = {
  ok: 200,
  accepted: 202,
  badRequest: 400,
  notAuthorized: 401,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  notAcceptable: 406,
  rateLimited: 429,
};

const statusRanges: Record<string, [number, number]> = {
  info: [100, 200],
  success: [200, 300],
  redirection: [300, 400],
  clientError: [400, 500],
  serverError: [500, 600],
  error: [400, 600],
};

/** What follows `pm.response.to`; undefined where a part has no counterpart. */
export function readResponseExpectation(links: Link[], bindings: Bindings): Assertion[] | undefined {
  const words = links.filter(({ name, args }) => args !== undefined || !['to', 'be', 'have'].includes(name));
  const negated = words[0]?.name === 'not';
  const [link, ...rest] = negated ? words.slice(1) : words;
  if (link === undefined) return undefined;
  if (link.name === 'responseTime' && link.args === undefined && !negated) {
    return readExpectation({ kind: 'subject', subject: { on: 'time' } }, rest, bindings);
  }
  if (rest.length > 0) return undefined;
  const found =
    link.args === undefined ? readWord(link.name, negated) : readCall(link, { negated, bindings });
  return Array.isArray(found) ? found : found && [found];
}

function readWord(word: string, negated: boolean): Assertion | Assertion[] | undefined {
  if (Object.hasOwn(statusWords, word))
    return check(status, { operator: 'equals', expected: statusWords[word] as number, negated });
  const range = Object.hasOwn(statusRanges, word) ? statusRanges[word] : undefined;
  if (range !== undefined) {
    const [low, end] = range;
    // Outside a range with an end at 600 is below its beginning.
    if (negated) return end === 600 ? [{ ...status, operator: 'less', expected: low }] : undefined;
    return [
      { ...status, operator: 'greaterOrEqual', expected: low },
      { ...status, operator: 'less', expected: end },
    ];
  }
  switch (word) {
    case 'json':
    case 'jsonBody':
      return check(json, { operator: 'exists', negated });
    case 'withBody':
    case 'body':
      return negated
        ? { on: 'size', operator: 'equals', expected: 0 }
        : { on: 'size', operator: 'greater', expected: 0 };
    default:
      return undefined;
  }
}

function readCall(link: Link, context: { negated: boolean; bindings: Bindings }): Assertion | undefined {
  const { negated, bindings } = context;
  const [first, second] = link.args ?? [];
  const value = valueOf(first, bindings);
  switch (link.name) {
    case 'status': {
      const code = typeof value?.value === 'string' ? statusCode(value.value) : value?.value;
      return code === undefined ? undefined : check(status, { operator: 'equals', expected: code, negated });
    }
    case 'header': {
      const header = textOf(first);
      if (header === undefined) return undefined;
      const expected = valueOf(second, bindings);
      if (second !== undefined && expected === undefined) return undefined;
      return check(
        { on: 'header', header },
        expected === undefined
          ? { operator: 'exists', negated }
          : { operator: 'equals', expected: expected.value, negated },
      );
    }
    case 'body':
      if (first === undefined) return { on: 'size', operator: negated ? 'equals' : 'greater', expected: 0 };
      return value && check({ on: 'body' }, { operator: 'equals', expected: value.value, negated });
    case 'jsonBody': {
      if (first === undefined) return check(json, { operator: 'exists', negated });
      const path = textOf(first);
      if (path === undefined)
        return value && check(json, { operator: 'equals', expected: value.value, negated });
      const inner: Subject = {
        on: 'jsonPath',
        path: `$${path
          .split(/[.[\]]+/)
          .filter(Boolean)
          .map(pathPart)
          .join('')}`,
      };
      const expected = valueOf(second, bindings);
      if (second !== undefined && expected === undefined) return undefined;
      return check(
        inner,
        expected === undefined
          ? { operator: 'exists', negated }
          : { operator: 'equals', expected: expected.value, negated },
      );
    }
    case 'jsonSchema':
      return value === undefined || negated
        ? undefined
        : check(json, { operator: 'schema', expected: value.value });
    default:
      return undefined;
  }
}

function statusCode(text: string): number | string | undefined {
  if (text.includes('{{')) return text;
  const found = Object.entries(STATUS_CODES).find(([, name]) => name?.toLowerCase() === text.toLowerCase());
  return found === undefined ? undefined : Number(found[0]);
}
