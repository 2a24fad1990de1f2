import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogSearch, type LogSearch } from '../../src/logging/search-logs.ts';

let dir: string;
let search: LogSearch;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-search-'));
  search = createLogSearch({
    settings: { logToFile: true, logFilePath: 'api_{date}.log', logRotation: { everySeconds: 86_400 } },
    projectDir: dir,
    flush: () => {},
  });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Minute `n` of a day. */
const at = (n: number): string => `2026-01-02T10:${String(n).padStart(2, '0')}:00.000Z`;

function line(n: number, fields: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ level: 'info', time: at(n), kind: 'request', endpoint: '/m/f', requestId: `r${n}`, ...fields })}\n`;
}

async function write(name: string, text: string, writtenAt: string): Promise<void> {
  await writeFile(join(dir, name), text);
  await utimes(join(dir, name), new Date(writtenAt), new Date(writtenAt));
}

const ids = async (query: Partial<Parameters<LogSearch>[0]>): Promise<unknown[]> =>
  (await search({ limit: 50, ...query })).lines.map(({ requestId }) => requestId);

it('gives the newest lines first, over all files of the log', async () => {
  await write('api_.2026-01-01.1.log', line(1) + line(2), at(2));
  await write('api_.2026-01-02.1.log', line(3) + line(4), at(4));
  await write('other.log', line(9), at(9));
  expect(await ids({})).toEqual(['r4', 'r3', 'r2', 'r1']);
  expect(await search({ limit: 3 })).toMatchObject({ incomplete: "older lines may match: 'limit' is 3" });
  expect(await search({ limit: 50 })).not.toHaveProperty('incomplete');
});

it('every filter must match', async () => {
  const text =
    line(1, { level: 'warn', status: 401 }) +
    line(2, { kind: 'error', level: 'error', message: 'Größe zu KLEIN' }) +
    line(3, { endpoint: '/m/other' }) +
    line(4, { level: 'debug', kind: 'call' });
  await write('api_.2026-01-02.1.log', text, at(4));
  expect(await ids({ kind: 'error' })).toEqual(['r2']);
  expect(await ids({ level: 'warn' })).toEqual(['r2', 'r1']);
  expect(await ids({ endpoint: '/m/other' })).toEqual(['r3']);
  expect(await ids({ requestId: 'r1' })).toEqual(['r1']);
  expect(await ids({ text: 'größe ZU klein' })).toEqual(['r2']);
  expect(await ids({ since: new Date(at(3)) })).toEqual(['r4', 'r3']);
  expect(await ids({ kind: 'error', endpoint: '/m/other' })).toEqual([]);
});

it('lines longer than what is read at once are whole, in any encoding', async () => {
  const long = 'ä€😀'.repeat(20_000);
  await write('api_.2026-01-02.1.log', line(1) + line(2, { message: long }) + line(3), at(3));
  const { lines } = await search({ limit: 3 });
  expect(lines.map(({ requestId }) => requestId)).toEqual(['r3', 'r2', 'r1']);
  expect(lines[1]?.['message'] === long).toBe(true);
});

it('passes over what is no line of the log', async () => {
  await write(
    'api_.2026-01-02.1.log',
    `${line(1)}{"cut\n\n[1]\nnull\n${'x'.repeat(3_000_000)}\n${line(2)}`,
    at(2),
  );
  await appendFile(join(dir, 'api_.2026-01-02.1.log'), line(3).trimEnd());
  expect(await ids({})).toEqual(['r3', 'r2', 'r1']);
});

it('a result that would be too long ends early and says so', async () => {
  const text = Array.from({ length: 50 }, (_, n) => line(n, { message: 'x'.repeat(20_000) })).join('');
  await write('api_.2026-01-02.1.log', text, at(50));
  const found = await search({ limit: 50 });
  expect(found.lines.length).toBeGreaterThan(5);
  expect(found.lines.length).toBeLessThan(20);
  expect(found.incomplete).toContain('too long');
});

it('says when there is nothing to search', async () => {
  expect(await search({ limit: 1 })).toEqual({ lines: [] });
  const off = createLogSearch({
    settings: { logToFile: false, logFilePath: 'api_{date}.log', logRotation: { everySeconds: 86_400 } },
    projectDir: dir,
    flush: () => {},
  });
  expect((await off({ limit: 1 })).incomplete).toContain("'logToFile' is false");
});
