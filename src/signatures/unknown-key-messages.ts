import { closestName } from './closest-name.ts';

/** More keys than this are no typing errors; looking for what each was meant to be would only cost time. */
const suggestedKeys = 20;
const listedNames = 8;

export interface KnownKeys {
  /** What the keys are called: `parameter` or `property`. */
  readonly what: string;
  readonly names: readonly string[];
  /** Regular expressions' sources that other keys may match. */
  readonly patterns?: readonly string[];
}

/** One line per key, whatever the keys are. */
export function unknownKeyMessages(keys: readonly string[], known: KnownKeys): string {
  return keys.map((key, at) => unknownKeyMessage(key, known, at < suggestedKeys)).join('\n');
}

function unknownKeyMessage(key: string, known: KnownKeys, suggest: boolean): string {
  const unknown = `unknown ${known.what} '${JSON.stringify(key).slice(1, -1)}'`;
  if (!suggest) return unknown;
  const close = closestName(key, known.names);
  if (close !== undefined) return `${unknown}; did you mean '${close}'?`;
  const names = known.names.map((name) => `'${name}'`);
  const patterns = (known.patterns ?? []).map((pattern) => `names that match /${pattern}/`);
  const all = [...names, ...patterns];
  if (all.length === 0) return `${unknown}; none is expected`;
  return `${unknown}; expected ${all.slice(0, listedNames).join(', ')}${all.length > listedNames ? ' …' : ''}`;
}
