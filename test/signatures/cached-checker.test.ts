import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCachedChecker, type CachedChecker } from '../../src/signatures/cached-checker.ts';
import { createSignatureChecker } from '../../src/signatures/checker-client.ts';
import { openSignatureCache } from '../../src/signatures/signature-cache.ts';
import type { FileSignatures } from '../../src/signatures/signature-checker.ts';
import { runtimeDir, signatureOf } from './checker-project.ts';

const header = `import { apiFunction } from 'api-deploy';\n`;
const user = `${header}import type { Size } from './_size.ts';\nexport const order = apiFunction((size: Size) => size);\n`;
const size = (value: string): string => `export type Size = '${value}';\n`;

let base: string;
let checker: CachedChecker;
const at = (name: string): string => join(base, 'apis', name);

function open(over: ReadonlyMap<string, string | undefined> = new Map()): CachedChecker {
  return createCachedChecker({
    start: () => createSignatureChecker({ root: join(base, 'apis'), runtimeDir, runtimePackages: [] }),
    cache: openSignatureCache({
      path: join(base, 'signatures.json'),
      key: 'test',
      onProblem: (error) => expect.fail(String(error)),
    }),
    textsOverDisk: () => over,
  });
}

async function derive(changed: Record<string, string>, removed: readonly string[] = []): Promise<unknown> {
  const result = await checker.derive({
    changed: new Map(Object.entries(changed).map(([name, text]) => [at(name), text])),
    removed: removed.map(at),
    served: [at('m.ts')],
    wanted: [at('m.ts')],
  });
  return shapeOf(result.get(at('m.ts')));
}

function shapeOf(signatures: FileSignatures | undefined): unknown {
  const { parameters, definitions } = signatureOf(signatures?.functions['order']);
  const shape = parameters[0]?.shape;
  return shape?.kind === 'ref' ? Object.values(definitions)[0] : shape;
}

const literal = (value: string) => expect.objectContaining({ kind: 'literal', value });

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'signatures-')));
  await mkdir(join(base, 'apis'));
  await writeFile(at('m.ts'), user);
  await writeFile(at('_size.ts'), size('s'));
  checker = open();
});
afterEach(async () => {
  await checker.close();
  await rm(base, { recursive: true, force: true });
});

describe('an answer is kept with what it was made from', () => {
  it('not with a text that was saved already, and that the checker will be told of next', async () => {
    expect(await derive({ 'm.ts': user })).toEqual(literal('s'));
    await writeFile(at('_size.ts'), size('m'));
    await sleep(20);
    // The save of the module is passed on first, and is answered with the type that the checker knows.
    expect(await derive({ 'm.ts': `${user}// again\n` })).toEqual(literal('s'));
    expect(await derive({ '_size.ts': size('m') })).toEqual(literal('m'));
  });

  it('nor with one that it was told of before, when the disk is ahead again', async () => {
    expect(await derive({ 'm.ts': user })).toEqual(literal('s'));
    for (const [before, after] of [
      ['m', 'l'],
      ['l', 'xl'],
    ] as const) {
      await writeFile(at('_size.ts'), size(before));
      expect(await derive({ '_size.ts': size(before) })).toEqual(literal(before));
      await writeFile(at('_size.ts'), size(after));
      await sleep(20);
      expect(await derive({ 'm.ts': `${user}// ${after}\n` })).toEqual(literal(before));
      expect(await derive({ '_size.ts': size(after) })).toEqual(literal(after));
    }
  });

  it('a checker that is started late knows what goes before the disk', async () => {
    await checker.close();
    checker = open(new Map([[at('_size.ts'), size('held')]]));
    expect(await derive({ 'm.ts': user })).toEqual(literal('held'));
    await checker.close();
    // What was kept is of the text that was held, not of the one on disk.
    checker = open();
    expect(await derive({})).toEqual(literal('s'));
  });
});
