import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts a file of the runtime in a thread of its own. `entry` is its URL with the ending that the caller's own
 * file has.
 *
 * Run from its sources, the thread needs the loader for TypeScript that the main thread has; tsx does not
 * install itself in threads by `--import`, so a line of code does it.
 */
export function startThread(entry: URL, workerData: unknown): Worker {
  if (!entry.href.endsWith('.ts')) return new Worker(entry, { workerData, execArgv: [] });
  // The CommonJS build that `require` finds cannot register itself; the other one lies beside it.
  const tsx = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href;
  const code = `import('${tsx}').then(({ register }) => { register(); return import('${entry.href}'); });`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}
