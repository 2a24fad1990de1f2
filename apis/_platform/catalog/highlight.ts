import { textRuns } from '../storage/search-tokens.ts';

/** A part of a text with the places in it that a search found. */
export interface Highlight {
  /** The text, or a part of a long one. */
  text: string;
  /** Begin and end in `text`, in UTF-16 units. */
  ranges: [start: number, end: number][];
}

/** Characters of a highlight's text. */
const longest = 200;
const before = 40;

/** Marks where the words of `query` are; undefined when there are none. */
export function highlight(text: string, query: string): Highlight | undefined {
  const ranges = merged(foundRanges(text, query));
  const [first] = ranges;
  if (first === undefined) return undefined;
  if (text.length <= longest) return { text, ranges };
  const start = first[0] <= before ? 0 : first[0] - before;
  const end = Math.min(text.length, start + longest);
  const [head, tail] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const shift = head.length - start;
  return {
    text: head + text.slice(start, end) + tail,
    ranges: ranges.filter(([, to]) => to <= end).map(([from, to]) => [from + shift, to + shift]),
  };
}

function foundRanges(text: string, query: string): [number, number][] {
  const wanted = [...textRuns(query)];
  const ranges: [number, number][] = [];
  for (const run of textRuns(text)) {
    const original = text.slice(run.start, run.end);
    // Folding may change lengths (`ﬁ`, accents written apart): then the whole word is marked.
    const aligned = run.text.length === original.length;
    for (const { kind, text: word } of wanted) {
      if (kind !== run.kind) continue;
      for (const at of kind === 'cjk' ? placesOf(run.text, word) : wordPlaces(original, run.text, word)) {
        ranges.push(aligned ? [run.start + at, run.start + at + word.length] : [run.start, run.end]);
      }
    }
  }
  return ranges;
}

function placesOf(text: string, word: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) places.push(at);
  return places;
}

/** At the beginning of the word, or of one of its humps. */
function wordPlaces(original: string, run: string, word: string): number[] {
  return placesOf(run, word).filter((at) => {
    if (at === 0) return true;
    const [previous, here] = [original[at - 1] ?? '', original[at] ?? ''];
    return (
      (/\p{Lu}/u.test(here) && !/\p{Lu}/u.test(previous)) || /\p{N}/u.test(here) !== /\p{N}/u.test(previous)
    );
  });
}

function merged(ranges: [number, number][]): [number, number][] {
  const sorted = ranges.sort(([a], [b]) => a - b);
  const result: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
