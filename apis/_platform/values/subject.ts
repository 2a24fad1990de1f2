import type { Operator, Subject } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { Answer } from './answer.ts';
import { compileJsonPath } from './json-path.ts';
import { ValueError } from './value-error.ts';

interface Asked {
  operator: Operator;
  expected: Json | undefined;
}

/** Both sides of a comparison; `value` is undefined when nothing was found. */
type Sides = { value: Json | undefined; expected: Json | undefined } | { problem: string };

export interface CompiledSubject {
  /** What a message calls it. */
  label: string;
  read(answer: Answer, asked: Asked): Sides;
}

/** @throws ValueError for a JSONPath that cannot be read */
export function compileSubject(subject: Subject): CompiledSubject {
  switch (subject.on) {
    case 'status':
      return numeric('status', (answer) => answer.status);
    case 'time':
      return numeric('time', (answer) => answer.time);
    case 'size':
      return numeric('size', (answer) => answer.size);
    case 'certificateDays':
      return numeric('certificateDays', (answer) => answer.certificateDays);
    case 'header':
      return {
        label: `header ${subject.header}`,
        read: (answer, { expected }) => ({
          value: answer.header(subject.header),
          expected: asTexts(expected),
        }),
      };
    case 'body':
      return { label: 'body', read: readBody };
    case 'jsonPath':
      return jsonPath(subject.path);
    default: {
      const check: never = subject;
      throw new ValueError('VALUE_INVALID', `Nothing can be checked on ${JSON.stringify(check)}.`);
    }
  }
}

function numeric(label: string, read: (answer: Answer) => number | undefined): CompiledSubject {
  return { label, read: (answer, { expected }) => ({ value: read(answer), expected: asNumbers(expected) }) };
}

function readBody(answer: Answer, { operator, expected }: Asked): Sides {
  if (operator === 'exists' || operator === 'notExists') {
    return { value: answer.size > 0 ? answer.text : undefined, expected };
  }
  const asJson =
    operator === 'schema' || (expected !== null && typeof expected === 'object' && operator !== 'in');
  if (!asJson) {
    if (answer.cutOff) return { problem: `${answer.size} bytes are too large for checks` };
    return { value: answer.text, expected: operator === 'length' ? expected : asTexts(expected) };
  }
  const { json } = answer;
  return 'problem' in json ? json : { value: json.value, expected };
}

function jsonPath(path: string): CompiledSubject {
  const query = compileJsonPath(path);
  return {
    label: path,
    read: (answer, { operator, expected }) => {
      const { json } = answer;
      if ('problem' in json) {
        // In no body at all there is surely nothing; of one that cannot be read nobody knows.
        return answer.size === 0 && operator === 'notExists' ? { value: undefined, expected } : json;
      }
      const nodes = query.find(json.value);
      if (query.singular) return { value: nodes[0], expected };
      const asked = operator === 'exists' || operator === 'notExists';
      return { value: asked && nodes.length === 0 ? undefined : nodes, expected };
    },
  };
}

/** Numbers that came as texts, as out of a dataset. */
function asNumbers(expected: Json | undefined): Json | undefined {
  if (Array.isArray(expected)) return expected.map((item) => asNumbers(item) ?? null);
  if (typeof expected !== 'string' || expected.trim() === '') return expected;
  const number = Number(expected);
  return Number.isFinite(number) ? number : expected;
}

function asTexts(expected: Json | undefined): Json | undefined {
  if (Array.isArray(expected)) return expected.map((item) => asTexts(item) ?? null);
  return typeof expected === 'number' || typeof expected === 'boolean' ? String(expected) : expected;
}
