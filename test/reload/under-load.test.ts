import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { expect, it } from 'vitest';
import { businessToken, startServer } from '../support/start-server.ts';

const connections = 32;
const requestsPerSecond = 500;
const saves = 200;

/** Two modules and a helper that all carry the version: an answer that mixes versions shows at once. */
const helper = (version: number) => `export const fromHelper = () => ${version};\n`;
const module = (version: number) => `import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
import { fromHelper } from './_lib/helper.ts';
export const versions = apiFunction(async (wait: number) => {
  const before = fromHelper();
  await sleep(wait);
  const late = await import('./_lib/helper.ts');
  return [before, fromHelper(), late.fromHelper(), ${version}];
});
`;

it(`${requestsPerSecond} requests/s on ${connections} connections during ${saves} saves: none fails, none mixes generations`, async () => {
  const server = await startServer({ files: { 'm.ts': module(0), '_lib/helper.ts': helper(0) } });
  const agent = new Agent({ connections, pipelining: 1 });
  const problems: string[] = [];
  const generations = new Set<number>();
  let answered = 0;
  let saving = true;

  async function one(): Promise<void> {
    try {
      const { statusCode, headers, body } = await request(`${server.url}/m/versions`, {
        method: 'POST',
        dispatcher: agent,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: businessToken, body: { wait: Math.floor(Math.random() * 8) } }),
      });
      const { data, error } = (await body.json()) as { data: number[]; error?: string };
      answered++;
      generations.add(Number(headers['x-generation']));
      if (statusCode !== 200) problems.push(`status ${statusCode}: ${error}`);
      // The module's own number moves with its own saves; the helper's three readings are one generation's.
      else if (new Set(data.slice(0, 3)).size !== 1) problems.push(`mixed: ${data.join(' ')}`);
    } catch (error) {
      problems.push(String(error));
    }
  }

  async function load(): Promise<void> {
    const started = Date.now();
    const running = new Set<Promise<void>>();
    for (let sent = 0; saving; sent++) {
      const due = started + (sent / requestsPerSecond) * 1000;
      if (due > Date.now()) await sleep(due - Date.now());
      const call: Promise<void> = one().finally(() => running.delete(call));
      running.add(call);
    }
    await Promise.all(running);
  }

  try {
    const loading = load();
    for (let save = 1; save <= saves; save++) {
      if (save % 2 === 0) await server.write('m.ts', module(save));
      else await server.write('_lib/helper.ts', helper(save));
      await sleep(20);
    }
    await server.until(
      '/m/versions',
      ({ json }) => JSON.stringify(json.data) === JSON.stringify([saves - 1, saves - 1, saves - 1, saves]),
      { wait: 0 },
    );
    saving = false;
    await loading;
    expect(problems.slice(0, 5)).toEqual([]);
    expect(answered).toBeGreaterThan(saves);
    // Saves that come within the watcher's pauses share a generation; most have their own.
    expect(generations.size).toBeGreaterThan(20);
  } finally {
    saving = false;
    await agent.destroy();
    await server.stop();
  }
});
