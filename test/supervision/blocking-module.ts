/** Functions that block the process, each in its own way, and one that does not. */
export const blockingModule = `import { apiFunction, type CallContext } from 'api-deploy';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const spin = (): void => {
  for (;;) {}
};

export const good = apiFunction((n: number): number => n + 1);
export const goodLater = apiFunction(async (n: number, ms = 5): Promise<number> => {
  await sleep(ms);
  return n + 1;
});
export const loop = apiFunction((): void => spin());
export const loopInTry = apiFunction((): string => {
  for (;;) {
    try {
      spin();
    } catch {
      continue;
    } finally {
      spin();
    }
  }
});
export const regex = apiFunction((text: string): boolean => /^(a+)+$/.test(text));
export const loopAfterAwait = apiFunction(async (): Promise<void> => {
  await sleep(1);
  spin();
});
export const loopInMicrotask = apiFunction(async (): Promise<void> => {
  await Promise.resolve();
  spin();
});
export const loopInToJson = apiFunction(() => ({ toJSON: (): string => (spin(), '') }) as unknown as { a: string });
export const loopInLateToJson = apiFunction(async () => {
  await sleep(1);
  return { get a(): string { return (spin(), ''); } };
});
export const loopInGenerator = apiFunction(function* (): Generator<number> {
  yield 1;
  spin();
});
export const loopInAsyncGenerator = apiFunction(async function* (): AsyncGenerator<number> {
  yield 1;
  await sleep(1);
  spin();
});
export const loopInValidation = apiFunction((body: { a: string }) => body.a, {
  input: z.object({ body: z.object({ a: z.string().refine(() => (spin(), true)) }) }),
});
export const hugeJson = apiFunction((): unknown => {
  const part = Array(1e4).fill({ a: 1, b: [1, 2, 3] });
  return Array(3e4).fill(part);
});
export const loopInListener = apiFunction(
  (context: CallContext): Promise<void> => {
    context.signal.addEventListener('abort', spin);
    return new Promise(() => {});
  },
  { timeout: 0.1 },
);
export const loopInTimer = apiFunction((): string => {
  setTimeout(spin, 20);
  return 'armed';
});
export const loopInImmediate = apiFunction(async (): Promise<number> => {
  let ran = 0;
  setImmediate(spin);
  for (let i = 0; i < 5; i++) setImmediate(() => ran++);
  await sleep(20);
  while (ran < 5) await sleep(5);
  return ran;
});
export const loopInEvent = apiFunction((): string => {
  const events = new EventTarget();
  events.addEventListener('x', spin);
  process.nextTick(() => events.dispatchEvent(new Event('x')));
  return 'armed';
});
export const lateImport = apiFunction(async (): Promise<string> => {
  const name = './_late/loops.ts';
  return ((await import(name)) as { value: string }).value;
});
let gate: Promise<void> | undefined;
let open = (): void => {};
export const waitAtGate = apiFunction(
  async (n: number): Promise<number> => {
    gate ??= new Promise((resolve) => (open = resolve));
    await gate;
    await Promise.resolve();
    return n;
  },
  { timeout: 2, concurrency: 1 },
);
export const nearlyLate = apiFunction(
  async (): Promise<string> => {
    for (let i = 0; i < 10; i++) await sleep(20);
    return 'in time';
  },
  { timeout: 1.2 },
);
export const loopForSome = apiFunction(async (n: number): Promise<number> => {
  await sleep(20);
  if (n === 7) spin();
  await sleep(20);
  return n;
});
export const openGate = apiFunction((): void => {
  gate = undefined;
  open();
});
export const waitAtGateAndLoop = apiFunction(async (): Promise<void> => {
  gate ??= new Promise((resolve) => (open = resolve));
  await gate;
  spin();
});
`;

export const lateModule = `for (;;) {}
export const value = 'never';
`;
