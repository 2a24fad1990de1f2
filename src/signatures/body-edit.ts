import { isOneBody } from './scan-body.ts';

/** Where the bodies of a text's outermost functions are: start and end of each, in order. */
export type Bodies = readonly number[];

/**
 * Where the bodies are after an edit that surely lies inside of one of them; undefined when it may not. Quick
 * and careful: it reads no more than the body itself, and whatever only a parser could tell is not sure.
 */
export function bodiesAfter(before: string, bodies: Bodies, after: string): Bodies | undefined {
  if (before === after) return bodies;
  const change = firstDifference(before, after);
  const at = bodyAround(bodies, change);
  if (at === undefined) return undefined;
  const start = bodies[at] ?? 0;
  const end = bodies[at + 1] ?? 0;
  const grown = after.length - before.length;
  if (end + grown <= start || before.slice(end) !== after.slice(end + grown)) return undefined;
  const body = after.slice(start, end + grown);
  const isBlock = body.trimStart().startsWith('{');
  // What comes after a body without braces says where it ends.
  if (!isBlock && !/^[),]/.test(before.slice(end))) return undefined;
  if (!isOneBody(body, isBlock ? 'block' : 'expression')) return undefined;
  return bodies.map((offset, index) => (index > at ? offset + grown : offset));
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at;
}

/** Index of the start of the body that a change may lie in: it begins before the change. */
function bodyAround(bodies: Bodies, change: number): number | undefined {
  for (let at = 0; at < bodies.length; at += 2) {
    if ((bodies[at] ?? 0) <= change && change <= (bodies[at + 1] ?? 0)) return at;
  }
  return undefined;
}
