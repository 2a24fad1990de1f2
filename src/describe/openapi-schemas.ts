import type { JsonSchema } from './openapi-document.ts';
import { definitionPrefix, type WrittenSchema } from './signature-schemas.ts';

/** Whose schema it is. */
export interface SchemaOwner {
  readonly module: string;
  readonly name: string;
  /** `result`: what the function gives back; its schemas give way to those of bodies when names collide. */
  readonly part: 'body' | 'result';
}

/** The named schemas of a document: equal ones of the same name are one. */
export interface NamedSchemas {
  /** The schema itself, with its references pointing into the document. */
  resolve(written: WrittenSchema): JsonSchema;
  /** `components.schemas`, by name in alphabetical order. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/** One form of a named schema, with all that it refers to. */
interface Variant {
  readonly local: string;
  readonly written: WrittenSchema;
  /** Owners in alphabetical order come first. */
  readonly owner: SchemaOwner;
}

const componentPrefix = '#/components/schemas/';

/**
 * Gives every named schema of every signature one name in the document. Schemas of one name and equal form
 * share it; different forms are told apart by their module's name, then by their function's, and results
 * that differ from the bodies of the same name by the ending `Result`.
 *
 * @param all in an order that does not depend on when files were saved
 * @param reserved names that the document uses itself
 */
export function nameSchemas(
  all: readonly { readonly written: WrittenSchema; readonly owner: SchemaOwner }[],
  reserved: Iterable<string>,
): NamedSchemas {
  const forms = new Forms();
  const variants = new Map<string, Map<string, Variant>>();
  for (const { written, owner } of all) {
    for (const local of forms.reached(written, written.schema)) {
      const base = toComponentName(local);
      const known = variants.get(base) ?? new Map<string, Variant>();
      variants.set(base, known);
      const form = forms.of(written, local);
      if (known.get(form)?.owner.part !== 'body') {
        if (!known.has(form) || owner.part === 'body') known.set(form, { local, written, owner });
      }
    }
  }
  const names = new Map<string, string>();
  const taken = new Set(reserved);
  for (const [base, known] of variants) {
    for (const [form, name] of chooseNames(base, known, taken)) names.set(`${base} ${form}`, name);
  }
  const nameOf = (written: WrittenSchema, local: string): string =>
    names.get(`${toComponentName(local)} ${forms.of(written, local)}`) ?? toComponentName(local);
  const resolve = (written: WrittenSchema, schema: JsonSchema): JsonSchema =>
    mapReferences(schema, (local) => `${componentPrefix}${nameOf(written, local)}`) as JsonSchema;
  const components = [...variants.values()].flatMap((known) =>
    [...known.values()].map(({ written, local }): [string, JsonSchema] => [
      nameOf(written, local),
      resolve(written, definitionOf(written, local)),
    ]),
  );
  return {
    resolve: (written) => resolve(written, written.schema),
    components: Object.fromEntries(components.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** What tells two named schemas apart: the text of the schema and of all that it refers to. */
class Forms {
  readonly #known = new WeakMap<WrittenSchema, Map<string, string>>();

  of(written: WrittenSchema, local: string): string {
    const known = this.#known.get(written) ?? new Map<string, string>();
    this.#known.set(written, known);
    let form = known.get(local);
    if (form === undefined) {
      const schema = definitionOf(written, local);
      const others = [...this.reached(written, schema)].filter((name) => name !== local).sort();
      form = JSON.stringify([schema, ...others.map((name) => [name, definitionOf(written, name)])]);
      known.set(local, form);
    }
    return form;
  }

  /** Names that a schema refers to, directly or not. */
  reached(written: WrittenSchema, from: JsonSchema): ReadonlySet<string> {
    const found = new Set<string>();
    const visit = (schema: JsonSchema): void => {
      mapReferences(schema, (local) => {
        if (!found.has(local)) {
          found.add(local);
          visit(definitionOf(written, local));
        }
        return local;
      });
    };
    visit(from);
    return found;
  }
}

function* chooseNames(
  base: string,
  known: ReadonlyMap<string, Variant>,
  taken: Set<string>,
): Iterable<readonly [form: string, name: string]> {
  const variants = [...known];
  for (const part of ['body', 'result'] as const) {
    const same = variants.filter(([, { owner }]) => owner.part === part);
    const clash = part === 'result' && same.length < variants.length;
    const ending = clash ? 'Result' : '';
    for (const [form, { owner }] of same) {
      const module = owner.module.replaceAll('/', '_');
      const ofModule = same.filter(([, variant]) => variant.owner.module === owner.module).length;
      const candidates = [
        ...(same.length === 1 ? [base] : []),
        ...(ofModule === 1 ? [`${module}_${base}`] : []),
        `${module}_${owner.name}_${base}`,
      ].map((name) => name + ending);
      yield [form, take(candidates, taken)];
    }
  }
}

function take(candidates: readonly string[], taken: Set<string>): string {
  let name = candidates.find((candidate) => !taken.has(candidate));
  const last = candidates.at(-1) ?? '';
  for (let number = 2; name === undefined; number++) {
    if (!taken.has(`${last}_${number}`)) name = `${last}_${number}`;
  }
  taken.add(name);
  return name;
}

/** Components are named `^[A-Za-z0-9._-]+$`; `Page<User>` is not, nor are names in other scripts. */
function toComponentName(local: string): string {
  const name = local
    .split(/[^\w.-]+/)
    .filter((part) => part !== '')
    .join('_');
  return name === '' ? `Type${Buffer.from(local).toString('hex')}` : name;
}

function definitionOf(written: WrittenSchema, local: string): JsonSchema {
  const found = written.definitions[local];
  if (found === undefined) throw new Error(`The schema of '${local}' is referred to, but was not written`);
  return found;
}

/** A copy with every reference replaced; `to` gets the name in `WrittenSchema.definitions`. */
function mapReferences(value: unknown, to: (local: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => mapReferences(element, to));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => {
    if (key === '$ref') return [key, mapReference(child, to)];
    if (key === 'discriminator' && isRecord(child) && isRecord(child['mapping'])) {
      const mapping = Object.entries(child['mapping']).map(([tag, target]) => [
        tag,
        mapReference(target, to),
      ]);
      return [key, { ...child, mapping: Object.fromEntries(mapping) as unknown }];
    }
    return [key, mapReferences(child, to)];
  });
  return Object.fromEntries(entries);
}

/** A reference is a JSON Pointer in a URI's fragment (RFC 6901, 6). */
function mapReference(reference: unknown, to: (local: string) => string): unknown {
  if (typeof reference !== 'string' || !reference.startsWith(definitionPrefix)) return reference;
  const pointer = decodeURIComponent(reference.slice(definitionPrefix.length));
  return to(pointer.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
