import type { NumberLimits, StringShape } from '../contract/signature.ts';
import { formatRules } from './string-formats.ts';

/** What a constrained string must be, for messages: `a string of 3 to 10 characters`. */
export function expectedString({ minLength, maxLength, pattern, format }: StringShape): string {
  const noun = format === undefined ? 'a string' : formatRules[format].expected;
  const length = lengthText(minLength, maxLength);
  return [
    noun,
    ...(length === undefined ? [] : [`of ${length}`]),
    ...(pattern === undefined ? [] : [`that matches /${pattern}/`]),
  ].join(' ');
}

function lengthText(least: number | undefined, most: number | undefined): string | undefined {
  const characters = (count: number): string => `${count} character${count === 1 ? '' : 's'}`;
  if (least === undefined) return most === undefined ? undefined : `at most ${characters(most)}`;
  if (most === undefined) return `at least ${characters(least)}`;
  return least === most ? characters(least) : `${least} to ${characters(most)}`;
}

/** What a limited number must be, for messages; `noun` with its article: `an integer from 1 to 10`. */
export function expectedNumber(noun: string, limits: NumberLimits): string {
  const range = rangeText(limits);
  const { multipleOf } = limits;
  const text = range === '' ? noun : `${noun} ${range}`;
  return multipleOf === undefined
    ? text
    : `${text}${range === '' ? '' : ','} that is a multiple of ${multipleOf}`;
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberLimits): string {
  const plain = exclusiveMinimum === undefined && exclusiveMaximum === undefined;
  if (plain && minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  return [
    ...(minimum === undefined ? [] : [`of at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`of at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ].join(' and ');
}
