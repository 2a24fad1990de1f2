import type { Decision, GroupDecision, GroupProposal, Proposal } from '../../registry/agreement.ts';
import type { ModuleFailure } from '../../registry/snapshot.ts';

/**
 * What all processes swap in, from what each of them would: a group only where it loads in every one of
 * them. One that fails in one process is refused in all, with its cause. One that loads here and was not
 * even tried there, because the processes had not seen the same, is tried anew by all.
 */
export function decide(proposals: readonly Proposal[]): Decision {
  const groups = new Map<string, GroupDecision>();
  const retry = new Set<string>();
  const byKey = new Map<string, GroupProposal[]>();
  for (const { groups: proposed } of proposals) {
    for (const group of proposed) byKey.set(group.key, [...(byKey.get(group.key) ?? []), group]);
  }
  for (const [key, same] of byKey) {
    const decision = decideGroup(same, proposals.length);
    if (decision === undefined) continue;
    groups.set(key, decision);
    if (decision.kind === 'retry') for (const [file] of same[0]?.files ?? []) retry.add(file);
  }
  const removed: string[] = [];
  for (const file of new Set(proposals.flatMap((proposal) => proposal.removed))) {
    if (proposals.every((proposal) => proposal.removed.includes(file))) removed.push(file);
    else retry.add(file);
  }
  return { groups, removed, retry: [...retry] };
}

/** Undefined: as proposed, by all alike. */
function decideGroup(same: readonly GroupProposal[], processes: number): GroupDecision | undefined {
  const [first] = same;
  if (first === undefined) return undefined;
  const served = (group: GroupProposal): string =>
    group.loaded
      .map(([file]) => file)
      .sort()
      .join('\n');
  const alike = same.every((group) => served(group) === served(first));
  if (alike && (same.length === processes || first.loaded.length === 0)) {
    // The first time that a failure began is the time for all.
    return first.failed.length === 0 || first.loaded.length > 0
      ? undefined
      : { kind: 'refuse', failed: first.failed };
  }
  const failing = same.filter((group) => group.failed.length > 0);
  if (failing.length === 0) return { kind: 'retry' };
  return { kind: 'refuse', failed: failuresOf(failing, first) };
}

/** Of each served file its own failure, where it has one; the others are held back. */
function failuresOf(failing: readonly GroupProposal[], group: GroupProposal): [string, ModuleFailure][] {
  const failures = new Map<string, ModuleFailure>();
  for (const { failed } of failing) {
    for (const [file, failure] of failed) if (!failures.has(file)) failures.set(file, failure);
  }
  const [cause] = failures.values();
  if (cause === undefined) return [];
  const where = cause.line === undefined ? cause.file : `${cause.file}:${cause.line}`;
  for (const [file, module] of group.loaded) {
    if (failures.has(file)) continue;
    const why = `held back: it shares files with a module that fails in one of the processes, see ${where}`;
    failures.set(file, { module, file, cause: why, since: cause.since });
  }
  return [...failures];
}

/** Whether there is anything to swap in. */
export function swapsAnything(decision: Decision, proposals: readonly Proposal[]): boolean {
  return decision.removed.length > 0 || servedBy(decision, proposals).size > 0;
}

/** Names of the modules of which other versions are to serve. */
export function servedBy({ groups }: Decision, proposals: readonly Proposal[]): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const { key, loaded } of proposals.flatMap((proposal) => proposal.groups)) {
    const decision = groups.get(key);
    if (decision !== undefined && decision.kind !== 'accept') continue;
    for (const [, module] of loaded) modules.add(module);
  }
  return modules;
}
