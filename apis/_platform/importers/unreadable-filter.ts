import type { Json } from '../model/json.ts';
import { SchemaCompiler } from '../values/json-schema.ts';
import { findReferences } from '../values/references.ts';
import { unreadableParts, type UnreadablePart } from '../values/unreadable-parts.ts';
import type { ImportedEntry, NotConverted } from './importer.ts';
import { literal } from './literal.ts';
import { isObject } from './read-node.ts';

/** Characters of JSON Schemas that are compiled for one collection: thousands of large ones would take minutes. */
const maxCompiled = 4 * 1024 * 1024;

type Parts = Pick<ImportedEntry, 'where' | 'request' | 'assertions' | 'extractions'>;

/**
 * Takes what no run could use out of the entries of one collection, and tells it: checks and extractions that cannot
 * be read are left out, texts with broken templates are sent as they stand.
 */
export class UnreadableFilter {
  readonly #notConverted: NotConverted[];
  readonly #schemas = new SchemaCompiler();
  #compiled = 0;
  #isFull = false;

  constructor(notConverted: NotConverted[]) {
    this.#notConverted = notConverted;
  }

  filter(entry: Parts): Parts {
    const found = unreadableParts(
      { ...entry.request, assertions: this.#affordable(entry), extractions: entry.extractions },
      this.#schemas,
      // Built-ins that do not exist were told by the importer, and stay for whoever replaces them.
    ).filter(({ code }) => code !== 'UNKNOWN_VARIABLE');
    if (found.length === 0) return entry;
    const broken = new Set(found.map(({ path }) => path));
    const kept = <T extends { name?: string }>(list: readonly T[], field: string): T[] =>
      list.filter((item, index) => {
        const part = found.find(({ path }) => path.startsWith(`${field}[${index}].`));
        if (part !== undefined) this.#note(entry, part, 'it is left out');
        return part === undefined;
      });
    const request = this.#request(entry, broken);
    return {
      ...entry,
      request,
      assertions: kept(entry.assertions, 'assertions'),
      extractions: kept(entry.extractions, 'extractions'),
    };
  }

  #request(entry: Parts, broken: ReadonlySet<string>): Parts['request'] {
    const text = (value: string, path: string): string => {
      const [problem] = broken.has(path) ? findReferences(value, path).problems : [];
      if (problem === undefined) return value;
      this.#note(entry, { path, message: problem.message }, 'it is sent as it stands');
      return literal(value);
    };
    const walk = (value: Json, path: string): Json => {
      if (typeof value === 'string') return text(value, path);
      if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => {
          const inner = path === '' ? name : `${path}.${name}`;
          return [text(name, inner), walk(item, inner)];
        }),
      );
    };
    return walk(entry.request as unknown as Json, '') as unknown as Parts['request'];
  }

  #note(
    { where }: Parts,
    { path, message }: Pick<UnreadablePart, 'path' | 'message'>,
    outcome: string,
  ): void {
    this.#notConverted.push({ where, what: path, reason: `${message} (${outcome})` });
  }

  /** Assertions whose schemas may still be compiled; a run tells what is wrong with the others. */
  #affordable({ assertions }: Parts): Parts['assertions'] {
    return assertions.map((assertion) => {
      if (assertion.on === 'call' || assertion.operator !== 'schema') return assertion;
      this.#compiled += JSON.stringify(assertion.expected ?? null).length;
      if (this.#compiled <= maxCompiled) return assertion;
      if (!this.#isFull) {
        this.#isFull = true;
        this.#notConverted.push({
          where: 'assertions',
          what: 'look at JSON Schemas before they are used',
          reason: `those beyond the first ${maxCompiled} characters are taken as they are`,
        });
      }
      return { ...assertion, enabled: false };
    });
  }
}
