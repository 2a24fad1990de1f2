import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { platformModules } from '../../../apis/_platform/fuzz/choose-endpoints.ts';
import { projectRoot } from '../../support/start-server.ts';

it('knows all modules of the platform, so that fuzzing everything leaves them alone', () => {
  const folder = join(projectRoot, 'apis');
  const modules = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => readFileSync(join(folder, name), 'utf8').includes("'./_platform/"))
    .map((name) => name.replace(/\.ts$/, ''));
  expect(modules).toContain('fuzz');
  expect(modules.filter((name) => !platformModules.has(name))).toEqual([]);
});
