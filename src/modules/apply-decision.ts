import type { Decision, GroupDecision, GroupProposal, Proposal } from '../registry/agreement.ts';
import type { Verdict } from './accept-component.ts';
import type { FileInstance } from './file-instance.ts';

/** Verdicts as plain data, for other processes; `gone` are the served files to be removed. */
export function toProposal(verdicts: readonly Verdict[], gone: readonly string[]): Proposal {
  return { groups: verdicts.filter(isOfInterest).map(toGroupProposal), removed: gone };
}

/** A group of nothing but removed files is told by their removal. */
function isOfInterest({ loaded, failed }: Verdict): boolean {
  return loaded.size + failed.size > 0;
}

function toGroupProposal(verdict: Verdict): GroupProposal {
  const files = [...verdict.component.instances].map(([file, { source }]) => [file, source.hash] as const);
  return {
    key: keyOf(verdict),
    files,
    loaded: [...verdict.loaded].map(([file, { module }]) => [file, module.module] as const),
    failed: [...verdict.failed],
  };
}

function keyOf({ component }: Verdict): string {
  return [...component.instances]
    .map(([file, { source }]) => `${file} ${source.hash}`)
    .sort()
    .join('\n');
}

export interface AppliedDecision {
  readonly verdicts: readonly Verdict[];
  /** Loaded here, and not to be served. */
  readonly thrownAway: readonly FileInstance[];
}

/** The verdicts as all processes have them. */
export function applyDecision(verdicts: readonly Verdict[], decision: Decision): AppliedDecision {
  const applied: Verdict[] = [];
  const thrownAway: FileInstance[] = [];
  for (const verdict of verdicts) {
    const about: GroupDecision = decision.groups.get(keyOf(verdict)) ?? { kind: 'accept' };
    if (about.kind === 'accept') {
      applied.push(verdict);
      continue;
    }
    if (verdict.loaded.size > 0) thrownAway.push(...verdict.component.instances.values());
    if (about.kind === 'refuse')
      applied.push({ ...verdict, loaded: new Map(), failed: new Map(about.failed) });
  }
  return { verdicts: applied, thrownAway };
}
