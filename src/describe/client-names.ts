import type { Direction } from './client-types.ts';

/** Names that the client's own text uses or declares; a type of the same name must not hide them. */
const taken = [
  'AbortController',
  'AbortSignal',
  'ApiCallError',
  'ApiClient',
  'Array',
  'ArrayBuffer',
  'AsyncGenerator',
  'BigintInput',
  'BigintText',
  'Blob',
  'BytesInput',
  'BytesText',
  'CallOptions',
  'Calls',
  'Capitalize',
  'ClientOptions',
  'DOMException',
  'Date',
  'DateInput',
  'DateText',
  'Error',
  'ErrorCode',
  'Exchange',
  'FailureEnvelope',
  'File',
  'FormData',
  'Headers',
  'JSON',
  'KnownErrorCode',
  'Lowercase',
  'Map',
  'Members',
  'NoArguments',
  'Number',
  'Object',
  'Omit',
  'Parameters',
  'Promise',
  'ReadableStream',
  'Readonly',
  'ReadonlyMap',
  'ReadonlySet',
  'Record',
  'RequestInit',
  'Response',
  'ReturnType',
  'Set',
  'String',
  'Symbol',
  'TextDecoder',
  'Token',
  'TypeError',
  'URL',
  'Uint8Array',
  'Uncapitalize',
  'Uppercase',
  'UrlInput',
  'UrlText',
  'createClient',
] as const;

/** All definitions of one meaning: one type, or two where its directions differ. */
export interface DefinitionGroup {
  /** As its module has it. */
  readonly base: string;
  /** As its signature has it, where two types of one name have numbers. */
  readonly name: string;
  /** Modules that use it, sorted. */
  readonly modules: readonly string[];
  /** Whether callers send it in another form than they get it. */
  readonly differs: boolean;
  readonly input: boolean;
  readonly output: boolean;
  /** Indexes of groups that have the same base in the same signature. */
  readonly siblings: readonly number[];
}

/** For each group, the name of the type to send and that of the type to get; they are one where both are the same. */
export function nameGroups(
  groups: readonly DefinitionGroup[],
): readonly Readonly<Record<Direction, string>>[] {
  const used = new Set<string>(taken);
  const isUsed = ({ input, output }: DefinitionGroup): boolean => input || output;
  const partners = groups.map((group) => partnerOf(group, groups));
  const sendOnly = (group: DefinitionGroup, at: number): boolean =>
    group.input && !group.output && (group.differs || partners[at] !== undefined);
  const outputs = nameOutputs(
    groups.filter((group, at) => isUsed(group) && !sendOnly(group, at)),
    used,
  );
  const count = counter(groups.filter(isUsed).map(({ base }) => toIdentifier(base)));
  return groups.map((group, at) => {
    if (!isUsed(group)) return { input: group.name, output: group.name };
    const own = outputs.get(group);
    const partner = partners[at];
    const alone = toIdentifier(group.base);
    const stem =
      own ??
      (partner === undefined ? undefined : outputs.get(partner)) ??
      (count(alone) === 1 ? alone : qualified(group));
    const input = own === undefined || group.differs ? claim(`${stem}Input`, used) : own;
    return { input, output: own ?? input };
  });
}

/** What callers get of the same type of the author's: what is only sent is called after it. */
function partnerOf(group: DefinitionGroup, groups: readonly DefinitionGroup[]): DefinitionGroup | undefined {
  if (group.output) return undefined;
  const siblings = group.siblings.flatMap((sibling) => groups[sibling] ?? []);
  return siblings.find(({ input, output }) => output && !input);
}

/** Names that nobody else wants go first: no other module's type may take them away. */
function nameOutputs(
  groups: readonly DefinitionGroup[],
  used: Set<string>,
): ReadonlyMap<DefinitionGroup, string> {
  const names = new Map<DefinitionGroup, string>();
  for (const wish of ['base', 'name'] as const) {
    const left = groups.filter((group) => !names.has(group));
    const count = counter(left.map((group) => toIdentifier(group[wish])));
    for (const group of left) {
      const name = toIdentifier(group[wish]);
      if (count(name) === 1 && !used.has(name)) names.set(group, claim(name, used));
    }
  }
  for (const group of groups) if (!names.has(group)) names.set(group, claim(qualified(group), used));
  return names;
}

function counter(names: readonly string[]): (name: string) => number {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (name) => counts.get(name) ?? 0;
}

function claim(base: string, used: Set<string>): string {
  let name = base;
  for (let n = 2; used.has(name); n += 1) name = `${base}${n}`;
  used.add(name);
  return name;
}

/** `User` of `billing/invoices` → `BillingInvoicesUser`. */
function qualified({ base, modules: [module = ''] }: DefinitionGroup): string {
  const words = module.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return toIdentifier([...words.map(capitalized), capitalized(base)].join(''));
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function toIdentifier(name: string): string {
  const safe = name.replaceAll(/[^\p{ID_Continue}$]/gu, '_');
  return /^[\p{ID_Start}_$]/u.test(safe) ? safe : `_${safe}`;
}
