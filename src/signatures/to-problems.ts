import type { z } from 'zod';

/** One thing that is wrong with a request body. */
export interface Problem {
  /** `user.email`, `tags[0]`; '' for the body as a whole. */
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Every problem that a schema of ours found in `input`, in words for the client. */
export function toProblems(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, [], input));
}

/** `base` is the path of the value that the issue's own path starts from. */
function problemsOf(issue: Issue, base: Path, input: unknown): Problem[] {
  const at = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, n) => ({
      path: pathText([...at, key]),
      message: messages[n] ?? `unknown property '${key}'`,
      code: 'unknown_key',
    }));
  }
  const value = valueAt(input, at);
  const path = pathText(at);
  if (value === undefined) {
    return [
      { path, message: `required: expected ${expectedOf(issue, value)}, got nothing`, code: 'required' },
    ];
  }
  if (issue.code === 'invalid_union' && !isOurs(issue)) return unionProblems(issue, at, input);
  return [{ path, message: messageOf(issue, value), code: isOurs(issue) ? 'invalid_date' : issue.code }];
}

/**
 * When one member of the union is clearly meant, what is wrong with that one; else what the union
 * expects as a whole.
 */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, at: Path, input: unknown): Problem[] {
  const value = valueAt(input, at);
  const near = issue.errors.filter((branch) => branch.every((inner) => isInside(inner)));
  const tagged = near.filter((branch) => !branch.some(isWrongTag));
  const meant = tagged.length > 0 ? fewest(tagged) : near.length === 1 ? near[0] : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, at, input));
  const tag = sharedTag(near);
  const shown: Path = tag === undefined ? at : [...at, tag];
  const expected = tag === undefined ? expectedOf(issue, value) : tagValues(near, tag).join(' | ');
  const got = valueAt(input, shown);
  const missing = got === undefined;
  return [
    {
      path: pathText(shown),
      message: `${missing ? 'required: ' : ''}expected ${expected}, got ${gotText(got)}`,
      code: missing ? 'required' : tag === undefined ? 'invalid_union' : 'invalid_value',
    },
  ];
}

/** The value is of the right kind, and the fault lies inside it. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** A literal such as `kind: 'circle'`, by which members of a union are told apart. */
function isWrongTag(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.path.length === 1;
}

function fewest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.toSorted((a, b) => a.length - b.length)[0];
}

function sharedTag(branches: readonly (readonly Issue[])[]): PropertyKey | undefined {
  const [first] = branches;
  const tags = (first ?? []).filter(isWrongTag).flatMap((issue) => issue.path);
  return tags.find((tag) =>
    branches.every((branch) => branch.some((issue) => isWrongTag(issue) && issue.path[0] === tag)),
  );
}

function tagValues(branches: readonly (readonly Issue[])[], tag: PropertyKey): readonly string[] {
  const issues = branches.flat().filter((issue) => isWrongTag(issue) && issue.path[0] === tag);
  return [...new Set(issues.map((issue) => expectedOf(issue, undefined)))];
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const small = issue.code === 'too_small';
    const limit = small ? issue.minimum : issue.maximum;
    const size = Array.isArray(value) ? `${value.length}` : gotText(value);
    return `expected ${small ? 'at least' : 'at most'} ${limit} elements, got ${size}`;
  }
  return `expected ${expectedOf(issue, value)}, got ${gotText(value)}`;
}

/** `'a' | 'b' | number` */
function expectedOf(issue: Issue, value: unknown): string {
  if (isOurs(issue)) return issue.message.slice(ours.length);
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((one) => literalText(one)).join(' | ');
    case 'invalid_union': {
      const branches = issue.errors.map((branch) => branch.find((inner) => !isInside(inner)));
      const texts = branches.map((inner) =>
        inner === undefined ? (Array.isArray(value) ? 'array' : 'object') : expectedOf(inner, value),
      );
      return [...new Set(texts)].join(' | ');
    }
    case 'too_small':
    case 'too_big':
      return issue.origin;
    default:
      return issue.code;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  nonoptional: 'any value',
  record: 'object',
  tuple: 'array',
  never: 'no value',
};

/** Messages that our own schemas give say what they expect. */
const ours = 'expected ';

function isOurs(issue: Issue): boolean {
  return issue.message.startsWith(ours);
}

function literalText(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const shownLength = 60;

function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? typeof value;
  return `'${json.length > shownLength ? `${json.slice(0, shownLength)}…` : json}'`;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
