import { closestName } from './closest-name.ts';

/** Tags that say something about a value; the words of their text that belong to them, or undefined for all. */
const constraints = {
  minimum: 1,
  maximum: 1,
  exclusiveMinimum: 1,
  exclusiveMaximum: 1,
  multipleOf: 1,
  integer: 0,
  minLength: 1,
  maxLength: 1,
  pattern: undefined,
  format: 1,
  minItems: 1,
  maxItems: 1,
  uniqueItems: 0,
  default: undefined,
  example: undefined,
  deprecated: undefined,
} as const satisfies Record<string, 0 | 1 | undefined>;

export type ConstraintName = keyof typeof constraints;

export const constraintNames = Object.keys(constraints) as readonly ConstraintName[];

export function isConstraintName(name: string): name is ConstraintName {
  return Object.hasOwn(constraints, name);
}

/** What a function does to the world. */
const effects: ReadonlySet<string> = new Set(['readonly', 'destructive']);

export function isEffectName(name: string): boolean {
  return effects.has(name);
}

/** How many words after a tag are its value; undefined when all are, or when the tag is not ours. */
export function valueTokens(name: string): 0 | 1 | undefined {
  if (isEffectName(name)) return 0;
  const meant = isConstraintName(name) ? name : meantConstraint(name);
  return meant === undefined ? undefined : constraints[meant];
}

/** Our tags, and what was probably meant to be one: several may stand on one line. */
export function isInlineTag(name: string): boolean {
  return isConstraintName(name) || isEffectName(name) || meantConstraint(name) !== undefined;
}

/** The constraint that a tag was probably meant to be; undefined for other tags and for constraints themselves. */
export function meantConstraint(name: string): ConstraintName | undefined {
  if (isConstraintName(name) || ordinary.has(name)) return undefined;
  const meant = otherWords[name.toLowerCase()] ?? closestName(name, constraintNames);
  return meant !== undefined && isConstraintName(meant) ? meant : undefined;
}

/** What other vocabularies call them. */
const otherWords: Readonly<Record<string, ConstraintName>> = {
  min: 'minimum',
  max: 'maximum',
  int: 'integer',
  regex: 'pattern',
  regexp: 'pattern',
  unique: 'uniqueItems',
  examples: 'example',
};

/** Of JSDoc, TSDoc and TypeDoc, and ours for functions: never misspelt constraints. */
const ordinary: ReadonlySet<string> = new Set(
  `abstract access alias alpha arg argument async augments author beta borrows callback category class
  classdesc const constant constructor constructs copyright decorator defaultValue defaultvalue desc
  description destructive document emits enum event eventProperty exception expand experimental export
  exports extends external file fileoverview fires fixme func function generator global group hidden
  hideconstructor host ignore implements import inheritDoc inheritdoc inline inner instance interface
  internal kind label lends license link linkcode linkplain listens member memberOf memberof method mixes
  mixin module name namespace nosubgrouping note overload override overview package packageDocumentation
  param preventExpand primaryExport private privateRemarks prop property protected public readonly remarks
  requires return returns satisfies sealed see since sortStrategy static subcategory summary tag tags
  template this throws title todo tutorial type typeParam typedef typeparam useDeclaredType var variation
  version virtual yield yields`.split(/\s+/),
);
