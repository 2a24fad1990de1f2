import type { TextKind } from './save-result.ts';

/** The saved file in each version, as a module of ours. */
export function moduleText(version: number): string {
  return `import { apiFunction } from 'api-deploy';

/** Says which version of this file answers. */
export const hello = apiFunction((name = 'World') => \`\${name}, version ${version}.\`);
`;
}

/** The same as a plain module; without types, so that Node runs it too. */
export function plainText(version: number): string {
  return `/** Says which version of this file answers. */
export const hello = (name = 'World') => \`\${name}, version ${version}.\`;
`;
}

export const textOf: Readonly<Record<TextKind, (version: number) => string>> = {
  module: moduleText,
  plain: plainText,
};

/** What every answer of this version contains, and no answer of another. */
export function markOf(version: number): string {
  return `version ${version}.`;
}

/** Modules that are served beside the saved one, and are not touched. */
export function otherModuleText(index: number): string {
  return `import { apiFunction, type CallContext } from 'api-deploy';

export interface Item${index} {
  id: number;
  name: string;
  tags?: string[];
}

/** Finds items of kind ${index}. */
export const find = apiFunction((id: number, limit = 10) => ({ id, limit, kind: ${index} }));

/** Saves one. */
export const save = apiFunction(async (item: Item${index}, ctx: CallContext) => ({ ...item, by: ctx.principal.id }));
`;
}
