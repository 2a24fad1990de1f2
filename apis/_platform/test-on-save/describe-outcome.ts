import type { AffectedByChange, SavedScenario, SaveOutcome } from '../model/save-outcome.ts';

/** Names that one line shows. */
const shown = 5;

/** One line for a breaking change. */
export function describeAffected({ endpoint, changes, entries, steps }: AffectedByChange): string {
  const parts = [
    ...(entries.length === 0
      ? []
      : [
          `${count(entries.length, 'catalog entry', 'catalog entries')} (${listed(entries.map(({ id, name }) => `${id} ${name}`))})`,
        ]),
    ...(steps.length === 0
      ? []
      : [
          `${count(steps.length, 'step', 'steps')} (${listed(steps.map(({ scenario, path }) => `${scenario}: ${path}`))})`,
        ]),
  ];
  return `breaking change of ${endpoint} (${changes.join('; ')}) affects ${parts.join(' and ')}`;
}

/** One line for the tests after a save. */
export function describeOutcome({ scenarios }: SaveOutcome): string {
  const bad = scenarios.filter(({ status }) => status !== 'passed');
  if (bad.length === 0)
    return `test on save: ${count(scenarios.length, 'scenario', 'scenarios')} passed (${listed(scenarios.map(({ name }) => name))})`;
  return `test on save: ${bad.length} of ${count(scenarios.length, 'scenario', 'scenarios')} did not pass: ${listed(bad.map(describeScenario))}`;
}

function describeScenario({ name, recordId, status, message }: SavedScenario): string {
  const run = recordId === null ? 'not started' : `run ${recordId} ${status}`;
  return `${name} (${run}${message === undefined ? '' : `: ${message}`})`;
}

function listed(texts: readonly string[]): string {
  const more = texts.length - shown;
  return [...texts.slice(0, shown), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
