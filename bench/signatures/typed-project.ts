import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstVersion, sharedTypes, typedModule } from './typed-module.ts';

export interface TypedProject {
  /** The server's working directory. */
  readonly dir: string;
  /** The module that is saved; absolute. */
  readonly file: string;
  /** Its endpoint. */
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder with `modules` modules that no service has seen yet. */
export async function createTypedProject(modules: number): Promise<TypedProject> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
  const apis = join(dir, 'apis');
  await mkdir(join(apis, '_lib'), { recursive: true });
  await writeFile(join(apis, '_lib/money.ts'), sharedTypes);
  for (let index = 0; index < modules; index++)
    await writeFile(join(apis, `orders${index}.ts`), typedModule(index, firstVersion));
  return {
    dir,
    file: join(apis, 'orders0.ts'),
    path: '/orders0/hello',
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
