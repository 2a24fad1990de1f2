/** Saves a module again and again and measures when the new version answers. A process of its own; prints an EditResult. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller, type Caller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { startBackgroundLoad } from '../reload/background-load.ts';
import { editKinds } from './edit-kinds.ts';
import type { EditInput, EditResult } from './edit-result.ts';
import { typedModule, type ModuleVersion } from './typed-module.ts';

const input = JSON.parse(process.argv[2] ?? '') as EditInput;
const { port, path, token } = input;
const kind = editKinds[input.edit];
const patience = 20_000;

/** Asking without a pause would fill the server's thread with answers. Milliseconds; what figures may be too long by. */
const askEvery = 1;

/** Pauses between saves differ, so that they fall into no rhythm with the watcher's own. Milliseconds. */
const shortestPause = 150;
const pauseSpread = 50;

async function waitForVersion(caller: Caller, version: ModuleVersion): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const answer = await caller.call();
    if (kind.shows(answer, version)) return;
    if (performance.now() > deadline) {
      throw new Error(
        `version ${version.version} of '${input.file}' was not served within ${patience / 1000} s; the last answer was ${answer.status} '${answer.text}'`,
      );
    }
    await sleep(askEvery);
  }
}

async function measureEdits(): Promise<Pick<EditResult, 'latencies' | 'last'>> {
  const caller = createCaller(port, requestBytes({ port, path, payload: { token, body: kind.body } }));
  const latencies: number[] = [];
  const end = performance.now() + input.seconds * 1000;
  let last = input.after;
  while (performance.now() < end) {
    last += 1;
    const version = kind.versionAt(last, last - input.after);
    writeFileSync(input.file, typedModule(0, version));
    const savedAt = performance.now();
    await waitForVersion(caller, version);
    latencies.push(performance.now() - savedAt);
    await sleep(shortestPause + ((last * 17) % pauseSpread));
  }
  caller.close();
  return { latencies, last };
}

// Asks for what every version answers.
const background = startBackgroundLoad(port, requestBytes({ port, path, payload: { token, body: {} } }));
const edited = await measureEdits();
const result: EditResult = { ...edited, background: await background.stop() };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
