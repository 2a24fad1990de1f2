import type { z } from 'zod';
import { expectedOf, isOurs } from './expected-of.ts';
import { gotText, listText, literalText, pathText, valueAt, type Path } from './problem-text.ts';
import { meantBranch, sharedTag, tagChoices } from './union-problem.ts';

/** One thing that is wrong with a request body. */
export interface Problem {
  /** `user.email`, `tags[0]`; '' for the body as a whole. */
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

type Issue = z.core.$ZodIssue;

/** Every problem that a schema found in `input`, in words for the client. */
export function toProblems(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, [], input));
}

/** `base` is the path of the value that the issue's own path starts from. */
function problemsOf(issue: Issue, base: Path, input: unknown): Problem[] {
  const at = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    const told = messages.length === issue.keys.length && issue.message.startsWith('unknown ');
    return issue.keys.map((key, n) => ({
      path: pathText([...at, key]),
      message: (told ? messages[n] : undefined) ?? `unknown property '${key}'`,
      code: 'unknown_key',
    }));
  }
  const value = valueAt(input, at);
  const path = pathText(at);
  if (issue.code === 'invalid_union' && !isOurs(issue)) {
    const tag = discriminatorOf(issue);
    if (tag !== undefined) return [tagProblem(at, tag, value)];
    if (value !== undefined) return unionProblems(issue, at, input);
  }
  if (value === undefined && !isWorded(issue)) {
    const expected = expectedOf(issue, value);
    return [{ path, message: `required: expected ${expected}, got nothing`, code: 'required' }];
  }
  return [{ path, message: messageOf(issue, value), code: codeOf(issue) }];
}

/**
 * When one member of the union is clearly meant, what is wrong with that one; else what the union
 * expects as a whole.
 */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, at: Path, input: unknown): Problem[] {
  const meant = meantBranch(issue.errors);
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, at, input));
  const tag = sharedTag(issue.errors);
  if (tag !== undefined) {
    const path = [...at, tag];
    return [
      tagProblem(path, { name: String(tag), choices: tagChoices(issue.errors, tag) }, valueAt(input, path)),
    ];
  }
  const value = valueAt(input, at);
  const message = `expected ${expectedOf(issue, value)}, got ${gotText(value)}`;
  return [{ path: pathText(at), message, code: 'invalid_union' }];
}

interface Tag {
  readonly name: string;
  /** The values that it may have, as they are shown. */
  readonly choices: readonly string[];
}

/** What zod's discriminated unions look for. */
function discriminatorOf(issue: z.core.$ZodIssueInvalidUnion): Tag | undefined {
  if (!('discriminator' in issue) || typeof issue.discriminator !== 'string') return undefined;
  const options = 'options' in issue && Array.isArray(issue.options) ? (issue.options as unknown[]) : [];
  return { name: issue.discriminator, choices: options.map((option) => literalText(option)) };
}

/** `kind: expected kind to be 'circle' or 'square', got '"x"'` */
function tagProblem(at: Path, { name, choices }: Tag, value: unknown): Problem {
  const missing = value === undefined;
  return {
    path: pathText(at),
    message: `${missing ? 'required: ' : ''}expected ${name} to be ${listText(choices, ' or ')}, got ${gotText(value)}`,
    code: missing ? 'required' : 'invalid_value',
  };
}

function codeOf(issue: Issue): string {
  if (issue.code !== 'custom') return issue.code;
  const code: unknown = issue.params?.['code'];
  return typeof code === 'string' ? code : issue.code;
}

/** zod's default messages say less than we can; all others are an author's own words. */
function isWorded(issue: Issue): boolean {
  return !isOurs(issue) && !/^(?:Invalid input|Invalid option|Too small|Too big)/.test(issue.message);
}

function messageOf(issue: Issue, value: unknown): string {
  if (isWorded(issue)) return issue.message;
  if (isOurs(issue) || (issue.code !== 'too_small' && issue.code !== 'too_big')) {
    return `expected ${expectedOf(issue, value)}, got ${gotText(value)}${lengthText(issue, value)}`;
  }
  const small = issue.code === 'too_small';
  const limit = String(small ? issue.minimum : issue.maximum);
  if (Array.isArray(value)) {
    const elements = limit === '1' ? 'element' : 'elements';
    return `expected ${small ? 'at least' : 'at most'} ${limit} ${elements}, got ${value.length}`;
  }
  const bound =
    issue.inclusive === false ? (small ? 'above' : 'below') : small ? 'of at least' : 'of at most';
  const unit = issue.origin === 'string' ? ' characters' : '';
  return `expected a ${issue.origin} ${bound} ${limit}${unit}, got ${gotText(value)}${lengthText(issue, value)}`;
}

/** A text that is too long is cut in the message. */
function lengthText(issue: Issue, value: unknown): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['length'] : undefined;
  if (typeof own === 'number') return ` (length ${own})`;
  const measured = (issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'string';
  return measured && typeof value === 'string' ? ` (length ${value.length})` : '';
}
