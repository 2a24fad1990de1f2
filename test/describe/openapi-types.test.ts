import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installTools, toolsDir } from '../support/install-tools.ts';
import { runTool, servedNames, serveDocuments, type ServedDocuments } from './served-documents.ts';

const reason = installTools();
if (reason !== undefined) console.warn(`The tests of generated types are skipped: ${reason}`);

const uses = {
  apis: `import type { paths } from './apis.d.ts';
type Hello = paths['/template/syncHello']['post'];
export const sent: NonNullable<Hello['requestBody']>['content']['application/json'] = { body: { name: 'x' } };
export const answer: Hello['responses'][200]['content']['application/json'] = { success: true, data: 'x', endpoint: '/template/syncHello' };
// @ts-expect-error a name is text
export const wrong: typeof sent = { body: { name: 1 } };
`,
  torture: `import type { components, paths } from './torture.d.ts';
type Unions = paths['/torture/unions']['post'];
export const answer: Unions['responses'][200]['content']['application/json'] = {
  success: true,
  data: { type: 'cat', lives: 9 },
  endpoint: '/torture/unions',
};
export const body: Unions['requestBody']['content']['application/json']['body'] = {
  shape: { kind: 'circle', radius: 1 },
  pet: { type: 'dog', barks: true },
  mixed: null,
  size: 'm',
  colour: 'red',
  level: 1,
};
export const branch: components['schemas']['Branch'] = { left: { branch: { right: { branch: null } } } };
// @ts-expect-error there is no such colour
export const wrong: (typeof body)['colour'] = 'green';
`,
} as const;

describe.skipIf(reason !== undefined)('types that are generated from it', () => {
  let documents: ServedDocuments;

  beforeAll(async () => {
    documents = await serveDocuments();
  });

  afterAll(async () => {
    await documents.stop();
  });

  const tool = (name: string): string => join(toolsDir, 'node_modules', name);

  test.each(servedNames)(
    '%s: they compile under strict, and say what the functions take and give',
    async (name) => {
      const { dir, served } = documents;
      const types = join(dir, `${name}.d.ts`);
      const cli = tool('openapi-typescript/bin/cli.js');
      const generated = runTool(cli, [served[name].file, '--output', types]);
      expect([generated.status, generated.output]).toEqual([0, expect.any(String)]);
      const use = join(dir, `use-${name}.ts`);
      await writeFile(use, uses[name]);
      const { status, output } = compileStrict(use);
      expect([status, output]).toEqual([0, '']);
    },
  );

  function compileStrict(file: string): { status: number | null; output: string } {
    const options = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const tsc = tool('typescript/bin/tsc');
    return runTool(tsc, [...options, '--target', 'es2022', '--lib', 'es2022', file]);
  }
});
