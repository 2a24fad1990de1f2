import type { Json } from '../../model/json.ts';
import type { GroupedNotes } from '../grouped-notes.ts';
import { at, isObject, pointerToken, type JsonObject } from '../read-node.ts';
import { childOf, type Documents, type Located } from './documents.ts';
import { toCurrentDialect } from './to-current-dialect.ts';

const schemaKeys = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
  'additionalItems',
]);
const listKeys = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const mapKeys = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

const prefix = '#/components/schemas/';

/**
 * Brings schemas of all files together: each that a `$ref` leads to gets a name of its own, so that circles end and
 * nothing is copied, and all become JSON Schema 2020-12.
 */
export class SchemaStore {
  readonly #documents: Documents;
  readonly #old: boolean;
  readonly #notes: GroupedNotes;
  /** By file and pointer. */
  readonly #names = new Map<string, string>();
  readonly #schemas = new Map<string, Json>();
  readonly #queue: [name: string, node: Located][] = [];

  /** `old`: the description is older than OpenAPI 3.1, whose schemas are a dialect of their own. */
  constructor(documents: Documents, old: boolean, notes: GroupedNotes) {
    this.#documents = documents;
    this.#old = old;
    this.#notes = notes;
  }

  /** The schema in today's words; what it refers to is in the store afterwards. */
  convert(node: Located): Json {
    const schema = this.#convert(node);
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      this.#schemas.set(next[0], this.#convert(next[1]));
    }
    return schema;
  }

  /** Whether anything referred to the schema at this place. */
  holds({ file, pointer }: Located): boolean {
    return this.#names.has(`${file}#${pointer}`);
  }

  resolve = (ref: string): Json | undefined => this.#schemas.get(ref.slice(prefix.length));

  all(): { [name: string]: Json } {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #convert(node: Located): Json {
    const { value } = node;
    if (typeof value === 'boolean') return value;
    if (!isObject(value)) return {};
    const ref = at(value, '$ref');
    if (typeof ref === 'string') return this.#reference(ref, node, value);
    const converted = Object.fromEntries(
      Object.entries(value).map(([key, child]): [string, Json] => [key, this.#keyword(key, child, node)]),
    );
    return this.#old ? toCurrentDialect(converted) : converted;
  }

  #keyword(key: string, child: Json, node: Located): Json {
    const place = { value: child, file: node.file, pointer: `${node.pointer}/${pointerToken(key)}` };
    if (schemaKeys.has(key) && isObject(child)) return this.#convert(place);
    if ((listKeys.has(key) || key === 'items') && Array.isArray(child)) {
      return child.map((_, index) => this.#convert(childOf(place, index) as Located));
    }
    if (mapKeys.has(key) && isObject(child)) {
      return Object.fromEntries(
        Object.keys(child).map((name) => [name, this.#convert(childOf(place, name) as Located)]),
      );
    }
    if (key === 'discriminator') return this.#discriminator(child, node);
    return child;
  }

  #reference(ref: string, node: Located, value: JsonObject): Json {
    const target = this.#target(ref, node);
    if (target === undefined) {
      this.#notes.add({
        where: node.pointer || '/',
        what: `$ref '${ref}'`,
        reason:
          'it leads nowhere: the file was not given, or has nothing there; any value is accepted in its place',
      });
      return {};
    }
    const own = { $ref: `${prefix}${this.#nameFor(target)}` };
    // Before 3.1 everything beside a `$ref` has no meaning.
    if (this.#old || Object.keys(value).length === 1) return own;
    const beside = Object.entries(value).filter(([key]) => key !== '$ref');
    return {
      ...own,
      ...Object.fromEntries(beside.map(([key, child]) => [key, this.#keyword(key, child, node)])),
    };
  }

  #target(ref: string, node: Located): Located | undefined {
    const found = this.#documents.resolve(ref, node.file);
    if (found === undefined) return undefined;
    // A name that only leads on to another schema is followed, so that circles of names end.
    const isName =
      isObject(found.value) &&
      typeof at(found.value, '$ref') === 'string' &&
      Object.keys(found.value).length === 1;
    return isName ? this.#documents.follow(found) : found;
  }

  #nameFor(target: Located): string {
    const key = `${target.file}#${target.pointer}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#freeName(target);
    this.#names.set(key, name);
    // Reserved at once: the schema may lead back to itself.
    this.#schemas.set(name, {});
    this.#queue.push([name, target]);
    return name;
  }

  /** The component's own name; of others, one from file and place. */
  #freeName({ file, pointer }: Located): string {
    const own = /^\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(pointer)?.[1];
    const fileName = /([^/]*?)(?:\.\w+)?$/.exec(file)?.[1] ?? '';
    const base = own ?? (pointer === '' ? fileName : pointer.split('/').slice(-3).join('.'));
    const clean =
      base
        .replaceAll(/~[01]|[^\w.-]+/g, '_')
        .replace(/^_+|_+$/g, '')
        .slice(0, 180) || 'schema';
    let name = clean;
    for (let turn = 2; this.#schemas.has(name); turn++) name = `${clean}_${turn}`;
    return name;
  }

  #discriminator(value: Json, node: Located): Json {
    const mapping = at(value, 'mapping');
    if (!isObject(value) || !isObject(mapping)) return value;
    const entries = Object.entries(mapping).map(([key, to]): [string, Json] => {
      if (typeof to !== 'string') return [key, to];
      const ref = /[#/.]/.test(to) ? to : `#/components/schemas/${to}`;
      const target = this.#documents.resolve(ref, node.file);
      return [key, target === undefined ? to : `${prefix}${this.#nameFor(target)}`];
    });
    return { ...value, mapping: Object.fromEntries(entries) };
  }
}
