import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../support/start-server.ts';

export interface PlatformProject {
  readonly dir: string;
  readonly apisDir: string;
  write(path: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** A project of its own with some modules of the platform, what they are made of, and files below `apis`. */
export async function platformProject(
  modules: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<PlatformProject> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-platform-'));
  const apisDir = join(dir, 'apis');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(apisDir, path)), { recursive: true });
    await writeFile(join(apisDir, path), text);
  };
  await cp(join(projectRoot, 'apis/_platform'), join(apisDir, '_platform'), { recursive: true });
  for (const module of modules)
    await cp(join(projectRoot, 'apis', `${module}.ts`), join(apisDir, `${module}.ts`));
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return { dir, apisDir, write, remove: () => rm(dir, { recursive: true, force: true }) };
}
