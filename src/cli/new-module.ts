import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { moduleNameProblem } from '../contract/names.ts';
import { readConfig } from '../service/read-config.ts';
import type { CliDeps } from './cli-deps.ts';
import type { ConfigFlags } from './parse-command.ts';

const template = (module: string) => `import { apiFunction, ApiError, type CallContext } from 'api-deploy';

/** What callers send and get: plain TypeScript types. They are checked before a function runs. */
interface Item {
  id: number;
  name: string;
  tags?: string[];
}

const items = new Map<number, Item>();

/**
 * Stores an item. Served at POST /${module}/save as soon as this file is saved:
 *
 *     {"token": "…", "body": {"item": {"id": 1, "name": "first"}}}
 *
 * @param item what to store; replaces an item with the same id
 */
export const save = apiFunction((item: Item) => {
  items.set(item.id, item);
  return { stored: items.size };
});

/**
 * Gives one item. Errors that the client is meant to read are thrown as ApiError.
 *
 * @param id which item
 */
export const find = apiFunction((id: number) => {
  const item = items.get(id);
  if (item === undefined) throw new ApiError('ITEM_NOT_FOUND', \`no item \${id}\`, { status: 404 });
  return item;
});

/**
 * Tells who calls. A parameter of type CallContext is injected and is no part of the body.
 */
export const whoAmI = apiFunction(async (ctx: CallContext) => {
  ctx.log.info('somebody asked who they are');
  return { principal: ctx.principal.id, generation: ctx.generation };
});
`;

export interface NewModule extends ConfigFlags {
  readonly module: string;
}

/** @throws Error when the name cannot be served, or the file exists */
export async function newModule(
  command: NewModule,
  deps: Pick<CliDeps, 'projectDir' | 'env'>,
): Promise<number> {
  const module = command.module.replace(/\.m?ts$/, '');
  const problem = moduleNameProblem(module) ?? helperProblem(module);
  if (problem !== undefined) throw new Error(problem);
  const { config } = await readConfig({ ...command, ...deps });
  const file = join(config.apisDir, `${module}.ts`);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, template(module), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`'${file}' exists already and was left as it is; choose another name`, { cause: error });
  }
  console.log(`${file}\nserves POST /${module}/save, /${module}/find and /${module}/whoAmI`);
  return 0;
}

function helperProblem(module: string): string | undefined {
  const helper = module.split('/').find((segment) => segment.startsWith('_'));
  return helper === undefined
    ? undefined
    : `'${helper}' starts with '_' and so would be a helper, never served; rename it`;
}
