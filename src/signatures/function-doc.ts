import type { Signature } from '../contract/signature.ts';
import type { DocComment, DocTag } from './doc-comments.ts';
import { isConstraintName } from './doc-tag-names.ts';
import { warnOfMisspelling } from './apply-tags.ts';
import type { Warn } from './signature-warnings.ts';

/** The export's own comment goes before that of the function that it wraps. */
export function mergedDoc(own: DocComment, wrapped: DocComment): DocComment {
  if (own === wrapped) return own;
  return {
    description: own.description === '' ? wrapped.description : own.description,
    params: new Map([...wrapped.params, ...own.params]),
    paramTags: new Map([...wrapped.paramTags, ...own.paramTags]),
    tags: [...own.tags, ...wrapped.tags],
  };
}

type FunctionFacts = Pick<Signature, 'description' | 'deprecated' | 'effect' | 'returnsDescription'>;

/** What the tags of a function's comment say about the function as a whole. */
export function functionFacts({ description, tags }: DocComment, warn: Warn): FunctionFacts {
  for (const tag of tags) warnOfMisplaced(tag, warn);
  const find = (...names: readonly string[]): DocTag | undefined =>
    tags.find(({ name }) => names.includes(name));
  const readonly = find('readonly');
  const destructive = find('destructive');
  if (readonly !== undefined && destructive !== undefined) {
    warn(readonly.place, "'@readonly' and '@destructive' exclude each other; '@destructive' counts");
  }
  const effect = destructive === undefined ? readonly && 'readonly' : 'destructive';
  const returns =
    find('returns', 'return')
      ?.text.replace(/^\{[^}]*\}\s*/, '')
      .replace(/^-\s+/, '') ?? '';
  return {
    description,
    ...(find('deprecated') === undefined ? {} : { deprecated: true }),
    ...(effect === undefined ? {} : { effect }),
    ...(returns === '' ? {} : { returnsDescription: returns }),
  };
}

/** Constraints are about values: a function has none. */
function warnOfMisplaced(tag: DocTag, warn: Warn): void {
  const { name, text, place } = tag;
  if (!isConstraintName(name)) return warnOfMisspelling(tag, warn);
  if (name === 'example' || name === 'deprecated') return;
  const written = text === '' ? `@${name}` : `@${name} ${text.split('\n')[0]}`;
  warn(
    place,
    `'@${name}' says nothing about a function; write '@param <name> … ${written}', or '/** ${written} */' before the parameter`,
  );
}
