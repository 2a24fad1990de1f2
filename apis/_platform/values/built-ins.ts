import type { Json } from '../model/json.ts';
import { suggestion } from './closest-name.ts';
import { formatTime, moveTime } from './dates.ts';
import type { RandomSource } from './random-source.ts';
import { toText } from './template.ts';
import { ValueError } from './value-error.ts';

/** What built-ins may look at. */
export interface BuiltInContext {
  random: RandomSource;
  /** Turn of the run, from 0. */
  iteration: number;
}

type BuiltIn = (args: Json[], context: BuiltInContext) => Json;

const letters = 'abcdefghijklmnopqrstuvwxyz';
const alphanumeric = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${letters}0123456789`;
const firstNames = [
  'Ada',
  'Bo',
  'Chen',
  'Dana',
  'Eli',
  'Fang',
  'Grace',
  'Hugo',
  'Ines',
  'Jun',
  'Kira',
  'Lei',
  'Mei',
];
const lastNames = [
  'Adler',
  'Brown',
  'Costa',
  'Diaz',
  'Evans',
  'Fischer',
  'Garcia',
  'Huang',
  'Ito',
  'Jones',
  'Kim',
  'Li',
];

/** What `{{$name:argument}}` knows; each use gives a new value. */
export const builtIns: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['$uuid', (_, { random }) => uuid(random)],
  ['$guid', (_, { random }) => uuid(random)],
  ['$randomUUID', (_, { random }) => uuid(random)],
  // Seconds, as in Postman; an offset may follow.
  ['$timestamp', ([offset]) => Math.floor(now(offset) / 1000)],
  ['$timestampMs', ([offset]) => now(offset)],
  ['$isoTimestamp', ([offset]) => new Date(now(offset)).toISOString()],
  // offset, format, time zone
  [
    '$date',
    ([offset, format = 'YYYY-MM-DD', zone = 'UTC']) => formatTime(now(offset), toText(format), toText(zone)),
  ],
  ['$randomInt', ([low = 0, high = 1000], { random }) => randomInt([low, high], random)],
  ['$randomFloat', ([low = 0, high = 1, digits = 4], { random }) => randomFloat([low, high, digits], random)],
  ['$randomBoolean', (_, { random }) => random.below(2) === 1],
  [
    '$randomString',
    ([length = 16, alphabet = alphanumeric], { random }) => randomString([length, alphabet], random),
  ],
  ['$randomAlphaNumeric', (_, { random }) => randomString([1, alphanumeric], random)],
  ['$randomHex', ([length = 16], { random }) => randomString([length, '0123456789abcdef'], random)],
  ['$randomEmail', (_, { random }) => `${randomString([12, `${letters}0123456789`], random)}@example.com`],
  ['$randomUserName', (_, { random }) => `user_${randomString([10, `${letters}0123456789`], random)}`],
  ['$randomFirstName', (_, { random }) => pick(firstNames, random)],
  ['$randomLastName', (_, { random }) => pick(lastNames, random)],
  ['$randomFullName', (_, { random }) => `${pick(firstNames, random)} ${pick(lastNames, random)}`],
  ['$randomPhone', (_, { random }) => `+1555${randomString([7, '0123456789'], random)}`],
  // From the block for documentation (RFC 5737).
  ['$randomIP', (_, { random }) => `203.0.113.${random.below(256)}`],
  ['$randomUrl', (_, { random }) => `https://${randomString([10, letters], random)}.example.com`],
  ['$randomPick', (args, { random }) => pick(need(args), random)],
  ['$iteration', (_, { iteration }) => iteration],
]);

export function evaluateBuiltIn(name: string, args: Json[], context: BuiltInContext): Json {
  const builtIn = builtIns.get(name);
  if (!builtIn) throw unknownBuiltIn(name);
  return builtIn(args, context);
}

export function unknownBuiltIn(name: string): ValueError {
  return new ValueError(
    'UNKNOWN_VARIABLE',
    `There is no built-in "${name}".${suggestion(name, builtIns.keys())} Built-ins: ${[...builtIns.keys()].join(', ')}.`,
  );
}

function now(offset: Json | undefined): number {
  if (offset === undefined || offset === '' || offset === 0) return Date.now();
  return moveTime(Date.now(), toText(offset));
}

/** Version 4 (RFC 9562). */
function uuid(random: RandomSource): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function randomInt([low, high]: Json[], random: RandomSource): number {
  const from = readNumber(low, '$randomInt');
  const to = readNumber(high, '$randomInt');
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to || to - from >= 2 ** 48) {
    throw wrong(`$randomInt:lowest:highest takes two whole numbers in order, got ${from} and ${to}`);
  }
  return from + random.below(to - from + 1);
}

function randomFloat([low, high, digits]: Json[], random: RandomSource): number {
  const from = readNumber(low, '$randomFloat');
  const to = readNumber(high, '$randomFloat');
  const places = readNumber(digits, '$randomFloat');
  if (from > to || !Number.isInteger(places) || places < 0 || places > 15) {
    throw wrong(`$randomFloat:lowest:highest:digits takes two numbers in order and 0 to 15 digits`);
  }
  return Number((from + (random.below(2 ** 48) / 2 ** 48) * (to - from)).toFixed(places));
}

function randomString([length, alphabet]: Json[], random: RandomSource): string {
  const count = readNumber(length, '$randomString');
  const chars = [...toText(alphabet ?? alphanumeric)];
  if (!Number.isInteger(count) || count < 0 || count > 1_000_000 || chars.length === 0) {
    throw wrong(`a random text has a length of 0 to 1,000,000 and letters to choose from, got ${count}`);
  }
  let text = '';
  for (let index = 0; index < count; index += 1) text += chars[random.below(chars.length)];
  return text;
}

function pick<T extends Json>(list: readonly T[], random: RandomSource): T {
  const picked = list[random.below(list.length)];
  if (picked === undefined) throw new RangeError('A list to pick from is empty.');
  return picked;
}

function need(args: Json[]): Json[] {
  if (args.length === 0) throw wrong("$randomPick needs values: {{$randomPick:'a':'b'}}");
  return args;
}

function readNumber(value: Json | undefined, name: string): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw wrong(`${name} takes numbers, got ${JSON.stringify(value)}`);
  }
  return number;
}

function wrong(why: string): ValueError {
  return new ValueError('TEMPLATE_INVALID', why);
}
