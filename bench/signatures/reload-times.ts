/**
 * What the service itself says its reloads took, out of its log lines: `generation 7 serves: apis/orders.ts; …; 6.2 ms`.
 * Milliseconds.
 */
export function reloadTimesIn(output: string): number[] {
  return [...output.matchAll(/generation \d+ serves: .*?; ([\d.]+) ms/g)].map(([, time]) => Number(time));
}
