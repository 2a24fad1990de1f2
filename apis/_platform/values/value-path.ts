import type { Json } from '../model/json.ts';
import type { Reference } from './expression.ts';
import { ValueError } from './value-error.ts';

/** The value at the end of `.name`, `[0]` and `[-1]` (the last one); undefined when a step leads nowhere. */
export function walk(path: Reference['path'], from: Json): Json | undefined {
  let value: Json | undefined = from;
  for (const step of path) value = stepInto(value, step);
  return value;
}

function stepInto(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) {
    if (typeof step === 'number') return value.at(step);
    return step === 'length' ? value.length : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}

export function noSuchPath(
  { text, head }: Reference,
  at: { value: Json; secret: boolean; where: string },
): ValueError {
  const { value } = at;
  const content = Array.isArray(value)
    ? `a list of ${value.length}`
    : value !== null && typeof value === 'object'
      ? `an object with ${Object.keys(value).slice(0, 20).join(', ') || 'nothing in it'}`
      : value === null
        ? 'null'
        : typeof value;
  return new ValueError(
    'UNKNOWN_PATH',
    `{{${text}}} in ${at.where} leads nowhere: "${head}" is ${at.secret ? 'a secret of another form' : content}.`,
  );
}
