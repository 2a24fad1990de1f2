import type { Step } from '../model/scenario.ts';

type Bound = [value: unknown, name: string, range: { from: number; to: number; whole?: boolean }];

const day = 86_400_000;

/** What is wrong with the numbers of a step. */
export function boundProblems(step: Step): string[] {
  const bounds: Bound[] = [
    [step.retries, 'retries', { from: 0, to: 20, whole: true }],
    [step.retryDelay, 'retryDelay', { from: 0, to: day }],
    ...ownBounds(step),
  ];
  const problems = bounds.flatMap((bound) => problemOf(bound));
  if (step.type === 'forEach' && !Array.isArray(step.items) && !isTemplate(step.items)) {
    problems.push(`items is a list, or {{name}} of one; got ${JSON.stringify(step.items)}.`);
  }
  return problems;
}

function ownBounds(step: Step): Bound[] {
  switch (step.type) {
    case 'while':
      return [[step.limit, 'limit', { from: 1, to: 10_000, whole: true }]];
    case 'repeat':
      return [[step.times, 'times', { from: 0, to: 1_000_000, whole: true }]];
    case 'parallel':
      return [[step.concurrency, 'concurrency', { from: 1, to: 1000, whole: true }]];
    case 'delay':
      return [[step.delay, 'delay', { from: 0, to: day }]];
    case 'waitUntil':
      return [
        [step.interval, 'interval', { from: 1, to: day }],
        [step.timeout, 'timeout', { from: 1, to: day }],
      ];
    default:
      return [];
  }
}

function problemOf([value, name, { from, to, whole = false }]: Bound): string[] {
  if (value === undefined || isTemplate(value)) return [];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const fits =
    typeof number === 'number' && number >= from && number <= to && (!whole || Number.isInteger(number));
  if (fits) return [];
  return [`${name} is a ${whole ? 'whole ' : ''}number from ${from} to ${to}, got ${JSON.stringify(value)}.`];
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}
