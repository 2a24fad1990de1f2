import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts the file `name` (without its ending) beside `from` as a thread.
 *
 * Run from its sources, the thread needs the loader for TypeScript that the main thread has; tsx does not
 * install itself in threads by `--import`, so a line of code does it.
 *
 * @param from `import.meta.url` of the caller
 */
export function startThread(name: string, from: string, workerData: unknown): Worker {
  if (!from.endsWith('.ts')) {
    return new Worker(new URL(`./${name}.js`, from), { workerData, execArgv: [] });
  }
  // The CommonJS build that `require` finds cannot register itself; the other one lies beside it.
  const tsx = pathToFileURL(
    createRequire(from)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href;
  const source = new URL(`./${name}.ts`, from).href;
  const code = `import('${tsx}').then(({ register }) => { register(); return import('${source}'); });`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}
