import { closestName } from './closest-name.ts';

/** More keys than this are no typing errors; looking for what each was meant to be would only cost time. */
const suggestedKeys = 20;
const listedNames = 8;

/** One line per key, whatever the keys are. */
export function unknownKeyMessages(what: string, keys: readonly string[], known: readonly string[]): string {
  return keys
    .map((key, at) => unknownKeyMessage(what, key, at < suggestedKeys ? known : undefined))
    .join('\n');
}

function unknownKeyMessage(what: string, key: string, known: readonly string[] | undefined): string {
  const unknown = `unknown ${what} '${JSON.stringify(key).slice(1, -1)}'`;
  if (known === undefined) return unknown;
  const close = closestName(key, known);
  if (close !== undefined) return `${unknown}; did you mean '${close}'?`;
  if (known.length === 0) return `${unknown}; none is expected`;
  const listed = known.slice(0, listedNames).map((name) => `'${name}'`);
  return `${unknown}; expected ${listed.join(', ')}${known.length > listedNames ? ' …' : ''}`;
}
