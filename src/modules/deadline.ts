import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Waits for `work`, but no longer than `seconds`; what comes later is ignored.
 *
 * @throws what `work` rejects with, or an Error with `message`
 */
export async function withDeadline<T>(work: Promise<T>, seconds: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(message)), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
