import { stringFormats, type Shape } from '../contract/signature.ts';
import { closestName } from './closest-name.ts';
import { isConstraintName, isEffectName, meantConstraint, type ConstraintName } from './doc-tag-names.ts';

/** Constraints that end up inside a shape. */
export type ShapeConstraint = Exclude<ConstraintName, 'default' | 'example' | 'deprecated'>;

/** A tag's value, or what is wrong with it. */
export type TagValue = { readonly value: string | number | true | undefined } | { readonly problem: string };

interface Rule {
  /** Kinds of shapes that the tag can constrain. */
  readonly on: readonly Shape['kind'][];
  /** Those kinds, for people. */
  readonly means: string;
  readonly read: (text: string) => TagValue;
}

const numbers = { on: ['number', 'bigint'], means: 'a number' } as const;
const strings = { on: ['string'], means: 'a string' } as const;
const arrays = { on: ['array'], means: 'an array' } as const;

/** Where each constraint belongs and how its text is read. */
export const tagRules: Readonly<Record<ShapeConstraint, Rule>> = {
  minimum: { ...numbers, read: readNumber },
  maximum: { ...numbers, read: readNumber },
  exclusiveMinimum: { ...numbers, read: readNumber },
  exclusiveMaximum: { ...numbers, read: readNumber },
  multipleOf: { ...numbers, read: readDivisor },
  integer: { ...numbers, read: readFlag },
  minLength: { ...strings, read: readCount },
  maxLength: { ...strings, read: readCount },
  pattern: { ...strings, read: readPattern },
  format: { ...strings, read: readFormat },
  minItems: { ...arrays, read: readCount },
  maxItems: { ...arrays, read: readCount },
  uniqueItems: { ...arrays, read: readFlag },
};

/** Whether `@name` amid other text is a tag of ours: one by name, or a misspelt one with a value that fits it. */
export function isTagInText(name: string, text: string): boolean {
  if (isConstraintName(name) || isEffectName(name)) return true;
  const meant = meantConstraint(name);
  if (meant === undefined) return false;
  if (meant === 'default' || meant === 'example' || meant === 'deprecated') return true;
  return !('problem' in tagRules[meant].read(text));
}

function readNumber(text: string): TagValue {
  const [word = ''] = text.split(/\s/);
  const value = Number(word);
  if (word !== '' && Number.isFinite(value)) return { value };
  return { problem: `expected a number, got '${word}'` };
}

function readDivisor(text: string): TagValue {
  const read = readNumber(text);
  if ('problem' in read || Number(read.value) > 0) return read;
  return { problem: `expected a number above 0, got '${read.value}'` };
}

function readCount(text: string): TagValue {
  const [word = ''] = text.split(/\s/);
  if (/^\d+$/.test(word) && Number.isSafeInteger(Number(word))) return { value: Number(word) };
  return { problem: `expected a whole number from 0, got '${word}'` };
}

/** `@integer`, `@integer true`; `@integer false` says nothing. */
function readFlag(text: string): TagValue {
  return { value: /^false\b/.test(text) ? undefined : true };
}

/** `^a$`, `/^a$/` or either in backticks. */
function readPattern(text: string): TagValue {
  const bare = /^`([\s\S]*)`$/.exec(text)?.[1] ?? text;
  const [, inSlashes, flags] = /^\/([\s\S]+)\/([a-z]*)$/.exec(bare) ?? [];
  if (flags !== undefined && !/^u?$/.test(flags)) {
    return { problem: `expected a pattern without flags, got '${bare}'` };
  }
  const pattern = inSlashes ?? bare;
  if (pattern === '') return { problem: "expected a regular expression, got ''" };
  try {
    compiled(pattern);
    return { value: pattern };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    return { problem: `expected a regular expression, got '${pattern}' (${why})` };
  }
}

/** With the flag that validation uses, and JSON Schema expects. */
function compiled(pattern: string): RegExp {
  return new RegExp(pattern, 'u');
}

function readFormat(text: string): TagValue {
  const [word = ''] = text.split(/\s/);
  if ((stringFormats as readonly string[]).includes(word)) return { value: word };
  const close = otherFormats[word.toLowerCase()] ?? closestName(word, stringFormats);
  const way =
    close === undefined ? `expected one of ${stringFormats.join(', ')}` : `did you mean '${close}'?`;
  return { problem: `unknown format '${word}'; ${way}` };
}

const otherFormats: Readonly<Record<string, string>> = {
  url: 'uri',
  guid: 'uuid',
  datetime: 'date-time',
  'e-mail': 'email',
  mail: 'email',
  host: 'hostname',
  ip: 'ipv4',
};
