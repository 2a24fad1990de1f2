import type { ResultStatus, RunStatus } from '../../model/result.ts';

const codes = { red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof codes;
export type Paint = (colour: Colour, text: string) => string;

export function createPaint(colours: boolean): Paint {
  return (colour, text) => (colours ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text);
}

export const marks: Readonly<Record<ResultStatus, readonly [mark: string, colour: Colour]>> = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  error: ['!', 'magenta'],
  skipped: ['○', 'yellow'],
  cancelled: ['-', 'grey'],
};

export function colourOf(status: RunStatus): Colour {
  if (status === 'passed') return 'green';
  return status === 'failed' || status === 'error' ? 'red' : 'yellow';
}
