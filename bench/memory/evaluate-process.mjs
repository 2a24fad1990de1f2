/**
 * Evaluates a module again and again in one of Node's ways and prints the memory kept. Run with `--expose-gc` and
 * without a loader: `node --expose-gc evaluate-process.mjs <way> <evaluations> <folder>`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { compileFunction, Script } from 'node:vm';
import { moduleSource } from './module-source.mjs';

const [way, evaluations, folder] = process.argv.slice(2);
const file = join(folder, 'module.mjs');
const warmup = 20;

/** Only the newest exports are kept, as after a reload. */
let latest;

const ways = {
  async import(version) {
    writeFileSync(file, moduleSource('esm', version));
    latest = await import(`${pathToFileURL(file).href}?v=${version}`);
  },
  script(version) {
    const exports = {};
    const wrapped = `(function (exports) {${moduleSource('script', version)}\n})`;
    new Script(wrapped, { filename: file }).runInThisContext()(exports);
    latest = exports;
  },
  compileFunction(version) {
    const exports = {};
    compileFunction(moduleSource('script', version), ['exports'], { filename: file })(exports);
    latest = exports;
  },
};

async function memoryKept() {
  for (let pass = 0; pass < 4; pass++) {
    globalThis.gc();
    await turn();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

for (let version = 0; version < warmup; version++) await ways[way](version);
const before = await memoryKept();
for (let version = 0; version < Number(evaluations); version++) await ways[way](warmup + version);
const after = await memoryKept();
if (latest.version !== warmup + Number(evaluations) - 1)
  throw new Error(`expected the newest version, got '${latest.version}'`);
console.log(JSON.stringify({ before, after }));
