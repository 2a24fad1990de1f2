/** Saves a file again and again and measures when the new text is served. A process of its own; prints a SaveResult. */
import { writeFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { createCaller, type Caller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { startBackgroundLoad } from './background-load.ts';
import { markOf, textOf } from './module-text.ts';
import type { SaveInput, SaveResult } from './save-result.ts';

const input = JSON.parse(process.argv[2] ?? '') as SaveInput;
const patience = 20_000;

/** Pauses between saves differ, so that they fall into no rhythm with a watcher's own. Milliseconds. */
const shortestPause = 150;
const pauseSpread = 50;

/** Asks on one connection as fast as the answers come; a lost connection is opened anew at once. */
async function waitForVersion(caller: Caller, version: number): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      const { text } = await caller.call();
      if (text.includes(markOf(version))) return;
    } catch {
      await turn();
    }
    if (performance.now() > deadline)
      throw new Error(`version ${version} of '${input.file}' was not served within ${patience / 1000} s`);
  }
}

async function measureSaves(): Promise<number[]> {
  const caller = createCaller(input.port, requestBytes(input));
  const latencies: number[] = [];
  const end = performance.now() + input.seconds * 1000;
  for (let version = 1; performance.now() < end; version++) {
    writeFileSync(input.file, textOf[input.kind](version));
    const savedAt = performance.now();
    await waitForVersion(caller, version);
    latencies.push(performance.now() - savedAt);
    await sleep(shortestPause + ((version * 17) % pauseSpread));
  }
  caller.close();
  return latencies;
}

const background = startBackgroundLoad(input.port, requestBytes(input));
const latencies = await measureSaves();
const result: SaveResult = { latencies, background: await background.stop() };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
