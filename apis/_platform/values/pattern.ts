import { withinPatience } from './bounded-time.ts';
import { ValueError } from './value-error.ts';

/** Steps that a match may need at worst and still run without a time limit; well below 0.1 s. */
const freeSteps = 10_000_000;

/** A regular expression that cannot hang a run. */
export interface Pattern {
  exec(text: string): RegExpExecArray | null;
}

/**
 * Reads a regular expression of JavaScript, as its text or as `/text/flags`. Matches that could take long are ended
 * after a second.
 *
 * @throws ValueError PATTERN_INVALID
 */
export function compilePattern(source: string): Pattern {
  const [, body = source, flags = ''] = /^\/(.+)\/([dimsuv]*)$/s.exec(source) ?? [];
  try {
    return guarded(new RegExp(body, flags));
  } catch (error) {
    throw new ValueError(
      'PATTERN_INVALID',
      `"${source}" is no regular expression: ${(error as Error).message}`,
    );
  }
}

/** How often a pattern may take too long before it is not tried any more: each time the process stands still. */
const strikes = 3;

/** Ends a match that takes longer than a second, and after a few of those refuses at once. */
export function guarded(regex: RegExp): Pattern {
  const { power, choices } = growth(regex.source);
  let slow = 0;
  return {
    exec: (text) => {
      if (2 ** choices * text.length ** power <= freeSteps) return regex.exec(text);
      if (slow >= strikes) {
        throw new ValueError(
          'PATTERN_TOO_SLOW',
          `The pattern ${regex.source} took too long ${strikes} times and is not tried any more.`,
        );
      }
      try {
        return withinPatience(`The pattern ${regex.source}`, () => regex.exec(text));
      } catch (error) {
        if (error instanceof ValueError) slow += 1;
        throw error;
      }
    },
  };
}

/** How the steps of a match grow at worst: with this power of the text's length, times two for each choice. */
export interface Growth {
  power: number;
  choices: number;
}

const unbounded: Growth = { power: Number.POSITIVE_INFINITY, choices: 0 };

/**
 * Reads off a regular expression how it may backtrack: one power for the places to begin at, one for each repetition
 * without a bound; a choice for each `?` and each `|`. Repetitions of what repeats or chooses, and back references,
 * grow without a bound that helps.
 */
export function growth(source: string): Growth {
  if (/\\(?:[1-9]|k<)/.test(source)) return unbounded;
  const plain = source.replaceAll(/\\./gs, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
  let power = 1;
  let choices = 0;
  /** For each open group: whether a repetition or choice is in it. */
  const groups: boolean[] = [false];
  const mark = () => {
    groups[groups.length - 1] = true;
  };
  for (let index = 0; index < plain.length; index += 1) {
    const char = plain[index];
    if (char === '(') {
      groups.push(false);
      continue;
    }
    if (char === '|') {
      choices += 1;
      mark();
      continue;
    }
    const varies = char === ')' && (groups.pop() ?? false);
    if (varies) mark();
    const repetition = repetitionAt(plain, index + 1);
    if (repetition === undefined) continue;
    if (repetition === 'optional') choices += 1;
    else if (varies) return unbounded;
    else if (repetition === 'unbounded') power += 1;
    mark();
  }
  return { power, choices };
}

function repetitionAt(text: string, index: number): 'optional' | 'bounded' | 'unbounded' | undefined {
  const char = text[index];
  if (char === '?') return 'optional';
  if (char === '*' || char === '+') return 'unbounded';
  if (char !== '{') return undefined;
  const [, low, comma, high] = /^\{(\d+)(,?)(\d*)\}/.exec(text.slice(index, index + 30)) ?? [];
  if (low === undefined) return undefined;
  if (comma === '') return 'bounded';
  return high === '' || Number(high) > 20 ? 'unbounded' : 'bounded';
}
