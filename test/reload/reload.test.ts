import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const says = (text: string) => `import { apiFunction } from 'api-deploy';
export const say = apiFunction(() => '${text}');
`;
const answers = (data: unknown) => (answer: Answer) =>
  JSON.stringify(answer.json?.data) === JSON.stringify(data);
const gone = (answer: Answer) => answer.status === 404;

describe('a save is served', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ files: { 'steady.ts': says('steady') } });
  });
  afterAll(() => server.stop());

  it('new, changed, renamed and deleted files', async () => {
    await server.write('fresh.ts', says('one'));
    await server.until('/fresh/say', answers('one'));
    await server.write('fresh.ts', says('two'));
    await server.until('/fresh/say', answers('two'));
    await rename(join(server.dir, 'apis/fresh.ts'), join(server.dir, 'apis/renamed.ts'));
    await server.until('/renamed/say', answers('two'));
    await server.until('/fresh/say', gone);
    await server.remove('renamed.ts');
    await server.until('/renamed/say', gone);
  });

  it('a file in a new folder, and the folder renamed', async () => {
    await server.write('deep/er/file.ts', says('deep'));
    await server.until('/deep/er/file/say', answers('deep'));
    await rename(join(server.dir, 'apis/deep'), join(server.dir, 'apis/deeper'));
    await server.until('/deeper/er/file/say', answers('deep'));
    await server.until('/deep/er/file/say', gone);
  });

  it('a changed helper reaches all that import it, as one instance', async () => {
    const user = `import { apiFunction } from 'api-deploy';
import { next, label } from './_lib/counter.ts';
export const count = apiFunction(() => label + next());
`;
    await server.write(
      '_lib/counter.ts',
      `let n = 0; export const next = () => ++n; export const label = 'a';`,
    );
    await server.write('first.ts', user);
    await server.write('second.ts', user);
    await server.until('/first/count', answers('a1'));
    // The call that finds the second module there counts too.
    const second = await server.until('/second/count', (answer) => answer.status === 200);
    expect(second.json.data).toBe('a2');
    await server.write(
      '_lib/counter.ts',
      `let n = 10; export const next = () => ++n; export const label = 'b';`,
    );
    await server.until('/first/count', (answer) => String(answer.json.data).startsWith('b'));
    const after = await server.call('/second/count');
    expect(after.json.data).toMatch(/^b1[2-9]$/);
  });

  it('a changed type in a file that is imported for its types alone', async () => {
    await server.write('_types/size.ts', `export type Size = 's' | 'm';`);
    await server.write(
      'shirts.ts',
      `import { apiFunction } from 'api-deploy';
import type { Size } from './_types/size.ts';
export const order = apiFunction((size: Size) => size);
`,
    );
    await server.until('/shirts/order', answers('m'), { size: 'm' });
    expect((await server.call('/shirts/order', { size: 'xl' })).status).toBe(422);
    await server.write('_types/size.ts', `export type Size = 's' | 'm' | 'xl';`);
    await server.until('/shirts/order', answers('xl'), { size: 'xl' });
  });

  it('delete and create within the grace is a save: no call fails', async () => {
    await server.write('swapped.ts', says('before'));
    await server.until('/swapped/say', answers('before'));
    await server.remove('swapped.ts');
    await server.write('swapped.ts', says('after'));
    const seen = new Set<unknown>();
    await server.until('/swapped/say', (answer) => {
      seen.add(answer.status);
      return answers('after')(answer);
    });
    expect([...seen]).toEqual([200]);
  });

  it('temp + rename, truncate + write and chunks: no call fails in between', async () => {
    const file = join(server.dir, 'apis/edited.ts');
    await writeFile(file, says('0') + `export const other = say;\n`);
    await server.until('/edited/say', answers('0'));
    const seen: number[] = [];
    const expecting = async (text: string) => {
      await server.until('/edited/say', (answer) => {
        seen.push(answer.status);
        return answers(text)(answer);
      });
    };
    await writeFile(`${file}.tmp`, says('1'));
    await rename(`${file}.tmp`, file);
    await expecting('1');
    await writeFile(file, '');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await writeFile(file, says('2'));
    await expecting('2');
    const chunks = says('3').split(/(?<=\n|;)/);
    await writeFile(file, '');
    for (const chunk of chunks) {
      await writeFile(file, chunk, { flag: 'a' });
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await expecting('3');
    expect(new Set(seen)).toEqual(new Set([200]));
  });

  it('touching a file without a change reloads nothing', async () => {
    // What earlier saves have left, such as the last line end of a file that was written in chunks.
    await server.admin('/api/reload');
    const before = await server.generation();
    await server.write('steady.ts', says('steady'));
    await server.admin('/api/reload');
    expect(await server.generation()).toBe(before);
  });

  it('a burst of saves is served whole', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `burst/m${index}.ts`);
    await mkdir(join(server.dir, 'apis/burst'), { recursive: true });
    await Promise.all(names.map((name) => server.write(name, says(name))));
    for (const name of names) await server.until(`/${name.replace('.ts', '')}/say`, answers(name));
  });

  it('tells the generation in every answer, and each reload in the console and the log', async () => {
    await server.write('told.ts', says('told'));
    const answer = await server.until('/told/say', answers('told'));
    expect(Number(answer.headers['x-generation'])).toBe(await server.generation());
    expect(server.output()).toMatch(
      /generation \d+ serves: apis\/told\.ts; 1 added \(\/told\/say\); [\d.]+ ms/,
    );
    const lines = await server.logLines();
    expect(
      lines.some((line) => line['kind'] === 'system' && JSON.stringify(line).includes('/told/say')),
    ).toBe(true);
  });
});

describe('without a watcher', () => {
  it('hotReload false: nothing happens on save, /api/reload brings it', async () => {
    const server = await startServer({ files: { 'm.ts': says('one') }, args: ['--no-watch'] });
    try {
      await server.write('m.ts', says('two'));
      await server.write('n.ts', says('new'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await server.call('/m/say')).json.data).toBe('one');
      const report = (await server.admin('/api/reload')).json.data;
      expect(report).toMatchObject({
        swapped: true,
        loaded: ['m', 'n'],
        failed: [],
        endpoints: { added: ['/n/say'], changed: ['/m/say'] },
      });
      expect((await server.call('/m/say')).json.data).toBe('two');
      expect((await server.call('/n/say')).json.data).toBe('new');
      const again = (await server.admin('/api/reload')).json.data;
      expect(again).toMatchObject({ swapped: false, loaded: [], unchanged: ['m', 'n'] });
    } finally {
      await server.stop();
    }
  });
});
