import type { z } from 'zod';
import { expectedOf, isInside } from './expected-of.ts';

type Issue = z.core.$ZodIssue;
type Branch = readonly Issue[];

/** The member of a union that is clearly meant, by what each member had to say. */
export function meantBranch(branches: readonly Branch[]): Branch | undefined {
  const near = nearBranches(branches);
  const tagged = near.filter((branch) => !branch.some(isWrongTag));
  if (tagged.length > 0) return tagged.toSorted((a, b) => a.length - b.length)[0];
  return near.length === 1 ? near[0] : undefined;
}

/** A literal property that is wrong for every member that comes near. */
export function sharedTag(branches: readonly Branch[]): PropertyKey | undefined {
  const near = nearBranches(branches);
  const [first] = near;
  const tags = (first ?? []).filter(isWrongTag).flatMap((issue) => issue.path);
  return tags.find((tag) => near.every((branch) => wrongTags(branch, tag).length > 0));
}

/** The values that the members expect there. */
export function tagChoices(branches: readonly Branch[], tag: PropertyKey): readonly string[] {
  return nearBranches(branches).flatMap((branch) =>
    wrongTags(branch, tag).map((issue) => expectedOf(issue, undefined)),
  );
}

function nearBranches(branches: readonly Branch[]): readonly Branch[] {
  return branches.filter((branch) => branch.length > 0 && branch.every(isInside));
}

function wrongTags(branch: Branch, tag: PropertyKey): readonly Issue[] {
  return branch.filter((issue) => isWrongTag(issue) && issue.path[0] === tag);
}

/** A literal such as `kind: 'circle'`, by which members of a union are told apart. */
function isWrongTag(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.path.length === 1;
}
