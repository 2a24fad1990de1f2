import { compileFunction } from 'node:vm';
import { deepestJson, isDangerousKey } from '../contract/json-rules.ts';
import type {
  ArrayShape,
  Definition,
  ObjectShape,
  Property,
  Shape,
  TupleElement,
  UnionShape,
} from '../contract/signature.ts';
import { anyKeys } from './any-keys.ts';
import { findTagged, flatMembers, resolveShape } from './discriminator.ts';
import { hasInheritedName } from './object-schema.ts';
import { plainTest } from './plain-test.ts';

type Definitions = Readonly<Record<string, Definition>>;
export type KeysOf = (body: unknown) => number;

/** A shape whose values are changed on their way to the function, or that cannot be told at a glance. */
class NotPlain extends Error {}

/** Where code is being written for a value. */
interface Place {
  /** The variable that holds it. */
  readonly value: string;
  /** Containers around it inside of the present function. */
  readonly depth: number;
}

/** The body lies in the envelope. */
const bodyDepth = 2;

const { isArray } = Array;
const { keys } = Object;

/**
 * Writes a function that counts the keys of a body, or gives -1. Whatever differs from the expected ends it at once, so
 * no value is looked at twice; unions that would need that are not plain.
 */
export class PlainWriter {
  readonly #definitions: Definitions;
  /** What the code refers to, by the name of its variable. */
  readonly #constants = new Map<string, unknown>([
    ['isArray', isArray],
    ['keys', keys],
    ['anyKeys', anyKeys],
    ['isDangerous', isDangerousKey],
    ['root', Object.prototype],
  ]);
  /** Functions for definitions, by name. */
  readonly #functions = new Map<string, string>();
  readonly #code: string[] = [];
  readonly #names = new Set<string>();
  #variables = 0;
  #deepest = 0;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** Undefined where the types are not plain. */
  compile(parameters: readonly Property[]): KeysOf | undefined {
    try {
      const body = this.#function('body', { kind: 'object', properties: parameters });
      // What somebody has added to all objects would pass for a key that was sent.
      const inherited = [...this.#names].map((name) => `${JSON.stringify(name)} in root`).join(' || ');
      const guard = inherited === '' ? '' : `if (${inherited}) return -1;`;
      const code = `'use strict';\n${this.#code.join('\n')}\n${body}\nreturn (v) => { ${guard} return body(v, ${bodyDepth}); };`;
      const make = compileFunction(code, [...this.#constants.keys()]) as (...values: unknown[]) => KeysOf;
      return make(...this.#constants.values());
    } catch (error) {
      if (error instanceof NotPlain) return undefined;
      throw error;
    }
  }

  /** `d` is how deep its value lies, the outermost object counted as 1. */
  #function(name: string, shape: Shape): string {
    const outer = this.#deepest;
    this.#deepest = 0;
    const code = this.#look(shape, { value: 'v', depth: 0 });
    const limit = deepestJson - this.#deepest;
    this.#deepest = outer;
    return `function ${name}(v, d) {\nif (d > ${limit}) return -1;\nlet n = 0;\n${code}\nreturn n;\n}`;
  }

  /** Statements that add the value's keys to `n`, or return -1. */
  #look(shape: Shape, place: Place): string {
    const test = plainTest(shape, place.value, (value) => this.#constant(value));
    if (test !== undefined) return `if (!(${test})) return -1;`;
    switch (shape.kind) {
      case 'array':
        return this.#array(shape, place);
      case 'tuple':
        return this.#tuple(shape.elements, place);
      case 'object':
        return this.#object(shape, place);
      case 'union':
        return this.#union(shape, place);
      case 'ref':
        return this.#reference(shape, place);
      case 'unknown':
      case 'anyObject':
        return this.#any(shape.kind, place);
      default:
        throw new NotPlain();
    }
  }

  #any(kind: 'unknown' | 'anyObject', { value, depth }: Place): string {
    const container =
      kind === 'anyObject' ? `if (typeof ${value} !== 'object' || ${value} === null) return -1;\n` : '';
    const count = this.#variable();
    return `${container}const ${count} = anyKeys(${value}, d + ${depth}); if (${count} < 0) return -1; n += ${count};`;
  }

  #reference(shape: Extract<Shape, { kind: 'ref' }>, place: Place): string {
    const meant = resolveShape(shape, this.#definitions);
    const test = plainTest(meant, place.value, (value) => this.#constant(value));
    if (test !== undefined) return `if (!(${test})) return -1;`;
    let name = this.#functions.get(shape.name);
    if (name === undefined) {
      name = `f${this.#functions.size}`;
      this.#functions.set(shape.name, name);
      this.#code.push(this.#function(name, meant));
    }
    const count = this.#variable();
    return `const ${count} = ${name}(${place.value}, d + ${place.depth}); if (${count} < 0) return -1; n += ${count};`;
  }

  #array({ element, minItems, maxItems, uniqueItems }: ArrayShape, { value, depth }: Place): string {
    const at = this.#variable();
    const item = this.#variable();
    if (uniqueItems === true) throw new NotPlain();
    return [
      `if (!isArray(${value})) return -1;`,
      minItems === undefined ? '' : `if (${value}.length < ${minItems}) return -1;`,
      maxItems === undefined ? '' : `if (${value}.length > ${maxItems}) return -1;`,
      `for (let ${at} = 0; ${at} < ${value}.length; ${at}++) {`,
      `const ${item} = ${value}[${at}];`,
      this.#look(element, this.#inside(item, depth)),
      '}',
    ].join('\n');
  }

  /** Only whole ones: zod fills in what a tuple lacks. */
  #tuple(elements: readonly TupleElement[], { value, depth }: Place): string {
    const fixed = elements.filter((element) => !element.rest);
    const rest = elements.find((element) => element.rest);
    const lines = [
      `if (!isArray(${value}) || ${value}.length ${rest === undefined ? '!==' : '<'} ${fixed.length}) return -1;`,
    ];
    for (const [index, { shape }] of fixed.entries()) {
      const item = this.#variable();
      lines.push(`const ${item} = ${value}[${index}];`, this.#look(shape, this.#inside(item, depth)));
    }
    if (rest !== undefined) {
      const at = this.#variable();
      const item = this.#variable();
      lines.push(
        `for (let ${at} = ${fixed.length}; ${at} < ${value}.length; ${at}++) {`,
        `const ${item} = ${value}[${at}];`,
        this.#look(rest.shape, this.#inside(item, depth)),
        '}',
      );
    }
    return lines.join('\n');
  }

  #object({ properties, index = [] }: ObjectShape, { value, depth }: Place): string {
    if (hasInheritedName(properties.map(({ name }) => name))) throw new NotPlain();
    const required = properties.filter(({ optional }) => !optional).length;
    return [
      `if (typeof ${value} !== 'object' || ${value} === null || isArray(${value})) return -1;`,
      required === 0 ? '' : `n += ${required};`,
      ...properties.map((property) => this.#property(property, { value, depth })),
      ...this.#others({ properties, index }, { value, depth }),
    ].join('\n');
  }

  #property({ name, shape, optional }: Property, { value, depth }: Place): string {
    this.#names.add(name);
    const inner = this.#variable();
    const read = `const ${inner} = ${value}[${JSON.stringify(name)}];`;
    const look = this.#look(shape, this.#inside(inner, depth));
    if (optional) return `${read}\nif (${inner} !== undefined) {\nn++;\n${look}\n}`;
    return `${read}\nif (${inner} === undefined) return -1;\n${look}`;
  }

  /** The keys of an index signature. */
  #others(
    { properties, index }: { properties: readonly Property[]; index: NonNullable<ObjectShape['index']> },
    { value, depth }: Place,
  ): readonly string[] {
    const [only, second] = index;
    if (only === undefined) return [];
    if (second !== undefined || only.pattern !== undefined) throw new NotPlain();
    const key = this.#variable();
    const inner = this.#variable();
    const known = properties.map(({ name }) => `${key} === ${JSON.stringify(name)}`).join(' || ');
    return [
      `for (const ${key} of keys(${value})) {`,
      known === '' ? '' : `if (${known}) continue;`,
      `if (isDangerous(${key})) return -1;`,
      `n++;\nconst ${inner} = ${value}[${key}];`,
      this.#look(only.value, this.#inside(inner, depth)),
      '}',
    ];
  }

  /** At most one kind of array and, unless a property tells them apart, of object: nothing is tried in vain. */
  #union({ members, discriminator }: UnionShape, place: Place): string {
    const { value } = place;
    const flat = flatMembers(members, this.#definitions);
    const meant = flat.map((member) => resolveShape(member, this.#definitions));
    const tests = meant.map((shape) => plainTest(shape, value, (one) => this.#constant(one)));
    const others = flat.filter((_member, at) => tests[at] === undefined);
    const lists = others.filter((member) =>
      /^(?:array|tuple)$/.test(resolveShape(member, this.#definitions).kind),
    );
    const objects = others.filter((member) => resolveShape(member, this.#definitions).kind === 'object');
    if (lists.length > 1 || lists.length + objects.length < others.length) throw new NotPlain();
    const simple = tests.filter((test) => test !== undefined).join(' || ');
    const [list] = lists;
    return [
      `if (!(${simple === '' ? 'false' : simple})) {`,
      `if (isArray(${value})) {`,
      list === undefined ? 'return -1;' : this.#look(list, place),
      '} else {',
      objects.length === 0 ? 'return -1;' : this.#objects(objects, discriminator, place),
      '}\n}',
    ].join('\n');
  }

  #objects(objects: readonly Shape[], preferred: string | undefined, place: Place): string {
    const [only] = objects;
    if (only !== undefined && objects.length === 1) return this.#look(only, place);
    const tagged = findTagged(objects, this.#definitions, preferred);
    if (tagged === undefined) throw new NotPlain();
    const tag = this.#variable();
    const { value } = place;
    const branches = tagged.members.map(({ shape, values }) => {
      const is = values.map((one) => `${tag} === ${JSON.stringify(one)}`).join(' || ');
      return `if (${is}) {\n${this.#look(shape, place)}\n} else `;
    });
    return [
      `if (typeof ${value} !== 'object' || ${value} === null) return -1;`,
      `const ${tag} = ${value}[${JSON.stringify(tagged.property)}];`,
      `${branches.join('')}return -1;`,
    ].join('\n');
  }

  #inside(value: string, depth: number): Place {
    this.#deepest = Math.max(this.#deepest, depth + 1);
    return { value, depth: depth + 1 };
  }

  #variable(): string {
    return `x${this.#variables++}`;
  }

  #constant(value: unknown): string {
    for (const [name, known] of this.#constants) if (known === value) return name;
    const name = `c${this.#constants.size}`;
    this.#constants.set(name, value);
    return name;
  }
}
