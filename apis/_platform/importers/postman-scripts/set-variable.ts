import type { Extraction } from '../../model/checks.ts';
import type { ImportedVariable } from '../importer.ts';
import { shorten } from '../read-node.ts';
import { meaningOf, textOf, type Bindings } from './meaning.ts';
import type { Chain } from './script-chain.ts';

const scopes: Record<string, NonNullable<Extraction['scope']>> = {
  environment: 'environment',
  globals: 'environment',
  collectionVariables: 'scenario',
  variables: 'scenario',
};

/** `pm.environment.set('name', value)` and its older forms; undefined for anything else. */
export function readSet(
  chain: Chain,
):
  | { name: string; scope: NonNullable<Extraction['scope']>; value: Parameters<typeof meaningOf>[0] }
  | undefined {
  const [first, second] = chain.links;
  if (chain.root === 'pm' && first !== undefined && second?.name === 'set' && chain.links.length === 2) {
    const scope = Object.hasOwn(scopes, first.name) ? scopes[first.name] : undefined;
    const name = textOf(second.args?.[0]);
    return scope === undefined || name === undefined || name === ''
      ? undefined
      : { name, scope, value: second.args?.[1] };
  }
  if (
    chain.root === 'postman' &&
    /^set(?:Environment|Global)Variable$/.test(first?.name ?? '') &&
    chain.links.length === 1
  ) {
    const name = textOf(first?.args?.[0]);
    return name === undefined || name === ''
      ? undefined
      : { name, scope: 'environment', value: first?.args?.[1] };
  }
  return undefined;
}

/** What is set from the answer is an extraction. */
export function toExtraction(
  set: NonNullable<ReturnType<typeof readSet>>,
  bindings: Bindings,
): Extraction | undefined {
  const meaning = meaningOf(set.value, bindings);
  const base = { name: shorten(set.name, 200), scope: set.scope };
  if (meaning?.kind === 'cookie') return { ...base, from: 'cookie', path: meaning.name };
  if (meaning?.kind !== 'subject') return undefined;
  const { subject } = meaning;
  switch (subject.on) {
    case 'jsonPath':
      return { ...base, from: 'jsonPath', path: subject.path };
    case 'header':
      return { ...base, from: 'header', path: subject.header };
    case 'status':
    case 'body':
      return { ...base, from: subject.on };
    default:
      return undefined;
  }
}

/** What is set before a request to a value that is written out is a variable that always has it. */
export function toVariable(
  set: NonNullable<ReturnType<typeof readSet>>,
  bindings: Bindings,
): ImportedVariable | undefined {
  const meaning = meaningOf(set.value, bindings);
  if (meaning?.kind !== 'value' || meaning.value === `{{${set.name}}}`) return undefined;
  return { name: shorten(set.name, 200), value: meaning.value };
}
