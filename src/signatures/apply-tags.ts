import type { Definition, JsonValue, Property, Shape } from '../contract/signature.ts';
import type { DocTag } from './doc-comments.ts';
import { isConstraintName, meantConstraint } from './doc-tag-names.ts';
import { fitsShape } from './fits-shape.ts';
import { readJsonText } from './read-json-text.ts';
import { tagRules, type ShapeConstraint } from './read-tag.ts';
import type { Warn } from './signature-warnings.ts';

export interface Tagged {
  readonly shape: Shape;
  /** What tags say beside the shape, as properties of a parameter or a property. */
  readonly about: Pick<Property, 'defaultValue' | 'examples' | 'deprecated'>;
}

export interface TagContext {
  /** Of the parameter or property, for messages. */
  readonly name: string;
  readonly optional: boolean;
  readonly definitions: Readonly<Record<string, Definition>>;
  readonly warn: Warn;
}

/** A shape with the constraints of its doc comment. Tags that are misspelt, misplaced or wrong become warnings. */
export function applyTags(plain: Shape, tags: readonly DocTag[], context: TagContext): Tagged {
  let shape = plain;
  let defaultValue: JsonValue | undefined;
  const examples: JsonValue[] = [];
  let deprecated = false;
  for (const tag of tags) {
    const { name } = tag;
    if (!isConstraintName(name)) warnOfMisspelling(tag, context.warn);
    else if (name === 'deprecated') deprecated = true;
    else if (name === 'default') defaultValue = defaultOf(tag, shape, context);
    else if (name === 'example') examples.push(...exampleOf(tag, shape, context));
    else shape = constrained(shape, { ...tag, name }, context);
  }
  warnOfEmptyRange(shape, tags, context);
  return {
    shape,
    about: {
      ...(defaultValue === undefined ? {} : { defaultValue }),
      ...(examples.length === 0 ? {} : { examples }),
      ...(deprecated ? { deprecated } : {}),
    },
  };
}

export function warnOfMisspelling({ name, place }: DocTag, warn: Warn): void {
  const meant = meantConstraint(name);
  if (meant !== undefined) warn(place, `unknown tag '@${name}'; did you mean '@${meant}'?`);
}

interface ConstraintTag extends DocTag {
  readonly name: ShapeConstraint;
}

function constrained(shape: Shape, tag: ConstraintTag, { name, definitions, warn }: TagContext): Shape {
  const rule = tagRules[tag.name];
  const read = rule.read(tag.text);
  if ('problem' in read) {
    warn(tag.place, `'@${tag.name}' of '${name}': ${read.problem}`);
    return shape;
  }
  const { value } = read;
  if (value === undefined || says(shape, tag.name, value)) return shape;
  const put = (member: Shape): Shape =>
    member.kind === 'bigint' && tag.name === 'integer' ? member : { ...member, [tag.name]: value };
  const changed = atMembers(shape, { fits: (member) => rule.on.includes(member.kind), put, definitions });
  if (changed !== undefined) return changed;
  warn(tag.place, `'@${tag.name}' of '${name}': expected ${rule.means}, got '${kindText(shape)}'`);
  return shape;
}

/** `@format date-time` on a `Date` and `@format uri` on a `URL` are true already. */
function says(shape: Shape, name: ShapeConstraint, value: string | number | true): boolean {
  if (name !== 'format') return false;
  if (shape.kind === 'date') return value === 'date' || value === 'date-time';
  return shape.kind === 'url' && value === 'uri';
}

interface AtMembers {
  readonly fits: (shape: Shape) => boolean;
  readonly put: (shape: Shape) => Shape;
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** The shape with `put` done to itself or to the members of the union that it is; undefined when none fits. */
function atMembers(shape: Shape, how: AtMembers): Shape | undefined {
  if (how.fits(shape)) return how.put(shape);
  if (shape.kind === 'ref') {
    const target = how.definitions[shape.name]?.shape;
    return target === undefined ? undefined : atMembers(target, how);
  }
  if (shape.kind !== 'union') return undefined;
  let any = false;
  const members = shape.members.map((member) => {
    const changed = atMembers(member, how);
    any ||= changed !== undefined;
    return changed ?? member;
  });
  return any ? { ...shape, members } : undefined;
}

function defaultOf(tag: DocTag, shape: Shape, context: TagContext): JsonValue | undefined {
  if (context.optional) return jsonOf(tag, shape, context);
  const way = `write '${context.name}?' or give the parameter a default in the code`;
  context.warn(tag.place, `'@default' of '${context.name}': expected something optional; ${way}`);
  return undefined;
}

function exampleOf(tag: DocTag, shape: Shape, context: TagContext): readonly JsonValue[] {
  const value = jsonOf(tag, shape, context);
  return value === undefined ? [] : [value];
}

function jsonOf(tag: DocTag, shape: Shape, { name, definitions, warn }: TagContext): JsonValue | undefined {
  const value = readJsonText(tag.text).find((reading) => fitsShape(reading, shape, definitions));
  if (value === undefined) {
    const expected = `expected JSON that fits '${kindText(shape)}'`;
    warn(tag.place, `'@${tag.name}' of '${name}': ${expected}, got '${tag.text}'`);
  }
  return value;
}

/** Limits between which no value is. */
function warnOfEmptyRange(shape: Shape, tags: readonly DocTag[], { name, warn }: TagContext): void {
  for (const [low, high] of [
    ['minimum', 'maximum'],
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
  ] as const) {
    const limits = shape as { readonly [limit: string]: unknown };
    const tag = tags.findLast((one) => one.name === low || one.name === high);
    if (tag === undefined || !(Number(limits[low]) > Number(limits[high]))) continue;
    const got = `got '${String(limits[low])}' and '${String(limits[high])}'`;
    warn(
      tag.place,
      `'@${low}' and '@${high}' of '${name}': expected the first not to be above the second, ${got}`,
    );
  }
}

/** A shape in a word or two. */
function kindText(shape: Shape): string {
  if (shape.kind === 'literal') return JSON.stringify(shape.value);
  if (shape.kind === 'bigintLiteral') return `${shape.value}n`;
  if (shape.kind === 'template') return shape.text;
  if (shape.kind === 'ref') return shape.name;
  if (shape.kind !== 'union') return shape.kind;
  const texts = shape.members.map((member) => kindText(member));
  return texts.length > 4 ? `${texts.slice(0, 4).join(' | ')} | …` : texts.join(' | ');
}
