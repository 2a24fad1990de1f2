import type { RequestResult } from '../../model/result.ts';
import type { Language } from '../reporter.ts';
import { showValue } from '../show-value.ts';
import { consoleTexts } from './console-texts.ts';
import { marks, type Paint } from './paint.ts';
import { toTerminalText } from './terminal-text.ts';

export interface Look {
  lang: Language;
  paint: Paint;
}

/** A result in one line, and a line for each reason why it did not pass. */
export function describeResult(result: RequestResult, look: Look): string {
  return [titleOf(result, look), ...reasonsOf(result, look).map((reason) => `      ${reason}`)].join('\n');
}

function titleOf(result: RequestResult, { lang, paint }: Look): string {
  const { iteration, name, request, response, status, timings } = result;
  const texts = consoleTexts[lang];
  const [mark, colour] = marks[status];
  const answer =
    response === undefined ? (request === undefined ? undefined : texts.noAnswer) : String(response.status);
  const details = [
    ...(request === undefined ? [] : [`${request.method} ${toTerminalText(request.url, 120)}`]),
    ...(answer === undefined ? [] : [answer]),
    ...(timings === undefined ? [] : [`${Math.round(timings.total)} ms`]),
    ...(iteration === 0 ? [] : [texts.iteration(iteration + 1)]),
  ];
  return `  ${paint(colour, mark)} ${toTerminalText(name, 200)}  ${paint('grey', details.join('  '))}`.trimEnd();
}

function reasonsOf(result: RequestResult, { lang, paint }: Look): string[] {
  const texts = consoleTexts[lang];
  const [, colour] = marks[result.status];
  const reasons: string[] = [];
  if (result.error !== undefined) reasons.push(`${result.error.code}: ${result.error.message}`);
  for (const { name, status, expected, actual, message } of result.assertions) {
    if (status !== 'failed' && status !== 'error') continue;
    const values = [
      ...(expected === undefined ? [] : [`${texts.expected} ${showValue(expected, 200)}`]),
      ...(actual === undefined ? [] : [`${texts.actual} ${showValue(actual, 200)}`]),
    ];
    reasons.push(`${name}: ${message ?? values.join(', ')}`);
  }
  for (const { name, status, message } of result.extractions) {
    if (status === 'failed')
      reasons.push(texts.notExtracted(name) + (message === undefined ? '' : `: ${message}`));
  }
  return reasons.map((reason) => paint(colour, toTerminalText(reason)));
}
