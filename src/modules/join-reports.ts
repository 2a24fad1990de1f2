import type { ReloadReport } from '../registry/reload-report.ts';

/** Two reloads in a row as one: for whoever asked while the first one ran, and waited for both. */
export function joinReports(first: ReloadReport, second: ReloadReport): ReloadReport {
  const loaded = union(first.loaded, second.loaded).filter((module) => !second.removed.includes(module));
  const { endpoints: before } = first;
  const { endpoints: after } = second;
  const added = union(without(before.added, after.removed), after.added);
  return {
    ...second,
    swapped: first.swapped || second.swapped,
    durationMs: Math.round((first.durationMs + second.durationMs) * 10) / 10,
    loaded,
    unchanged: without(second.unchanged, loaded),
    removed: union(without(first.removed, second.loaded), second.removed),
    contract: {
      breaking: [...first.contract.breaking, ...second.contract.breaking],
      compatible: [...first.contract.compatible, ...second.contract.compatible],
    },
    files: union(first.files, second.files),
    endpoints: {
      added,
      changed: without(union(before.changed, after.changed), [...added, ...after.removed]),
      removed: union(without(before.removed, after.added), after.removed),
    },
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function without(a: readonly string[], b: readonly string[]): string[] {
  const left = new Set(b);
  return a.filter((item) => !left.has(item));
}
