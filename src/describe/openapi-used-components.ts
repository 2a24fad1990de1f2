import type { OpenapiDocument } from './openapi-document.ts';

const kinds = ['schemas', 'responses', 'headers'] as const;

/** The document without shared parts that no path refers to, directly or not. */
export function withUsedComponents(document: OpenapiDocument): OpenapiDocument {
  const { components } = document;
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === '$ref' && typeof child === 'string') follow(child);
      else visit(child);
    }
  };
  const follow = (reference: string): void => {
    if (used.has(reference)) return;
    used.add(reference);
    for (const kind of kinds) {
      const prefix = `#/components/${kind}/`;
      if (reference.startsWith(prefix)) visit(components[kind][reference.slice(prefix.length)]);
    }
  };
  visit(document.paths);
  const inUse = <T>(kind: (typeof kinds)[number], all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => used.has(`#/components/${kind}/${name}`)));
  return {
    ...document,
    components: {
      ...components,
      schemas: inUse('schemas', components.schemas),
      responses: inUse('responses', components.responses),
      headers: inUse('headers', components.headers),
    },
  };
}
