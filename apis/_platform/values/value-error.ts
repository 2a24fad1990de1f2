export const valueErrorCodes = [
  'TEMPLATE_INVALID',
  'UNKNOWN_VARIABLE',
  'UNKNOWN_PATH',
  'VARIABLE_CYCLE',
  'FILTER_FAILED',
  'JSON_PATH_INVALID',
  'PATTERN_INVALID',
  'PATTERN_TOO_SLOW',
  'SCHEMA_INVALID',
  'VALUE_INVALID',
  'SECRET_UNREADABLE',
] as const;
export type ValueErrorCode = (typeof valueErrorCodes)[number];

/** What is wrong with a text that a tester wrote; becomes the `error` of a result. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code: ValueErrorCode;

  constructor(code: ValueErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
