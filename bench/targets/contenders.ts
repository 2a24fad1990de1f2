import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpContenders, type HttpContender, type Logging } from '../http/contenders.ts';
import { ordersModule } from './orders.ts';

/** Ours as in the other measurements, with something changed about it. */
function ours(
  name: string,
  change: {
    readonly files?: () => Iterable<readonly [string, string]>;
    readonly env?: Record<string, string>;
  },
): HttpContender {
  const usual = named('ours');
  return {
    ...usual,
    name,
    async prepare(dir: string, logging: Logging) {
      const start = await usual.prepare(dir, logging);
      for (const [file, text] of change.files?.() ?? []) {
        const path = join(dir, 'apis', file);
        await mkdir(join(path, '..'), { recursive: true });
        await writeFile(path, text);
      }
      return { ...start, env: { ...start.env, ...change.env } };
    },
  };
}

export function named(name: string): HttpContender {
  const found = httpContenders.find((contender) => contender.name === name);
  if (found === undefined) throw new Error(`expected a contender, got '${name}'`);
  return found;
}

/** Modules of four functions. */
function* modules(count: number): Iterable<readonly [string, string]> {
  const names = ['one', 'two', 'three', 'four'];
  for (let number = 0; number < count; number++) {
    const functions = names.map(
      (name) =>
        `export const ${name} = apiFunction((name: string, count = ${number}) => \`\${name} \${count}\`);`,
    );
    yield [`more/m${number}.ts`, `import { apiFunction } from 'api-deploy';\n${functions.join('\n')}\n`];
  }
}

export const oursWithOrders = ours('ours', { files: () => [['orders.ts', ordersModule]] });
export const oursWith = (functions: number): HttpContender =>
  ours(`ours, ${functions} functions`, { files: () => modules(Math.ceil(functions / 4)) });
export const oursInWorkers = (count: number): HttpContender =>
  ours(`ours, ${count} workers`, { env: { WORKERS: String(count) } });
