import type { ServedChange } from 'api-deploy';
import { walkScenario } from '../catalog/walk-steps.ts';
import type { Assertion } from '../model/checks.ts';
import type { AffectedByChange, AffectedEntry, AffectedStep } from '../model/save-outcome.ts';
import type { ScenarioSteps, Step } from '../model/scenario.ts';

/** A catalog entry, as far as it tells which endpoints it needs. */
export interface KnownEntry extends AffectedEntry {
  /** Of this service; undefined: it is sent elsewhere. */
  readonly endpoint: string | undefined;
  readonly assertions: readonly Assertion[];
  /** Whether it mirrors an endpoint and nobody has changed it, so that it follows by itself. */
  readonly follows: boolean;
}

/** A scenario, as far as it tells which endpoints it needs. */
export interface KnownScenario {
  readonly id: number;
  readonly name: string;
  readonly steps: ScenarioSteps;
  /** The endpoint of this service that an address means. */
  readonly endpointOf: (url: string) => string | undefined;
}

/**
 * The catalog entries and steps that use endpoints with a breaking change, in the order of the changes; changes that
 * nothing uses are left out, and so are entries that follow by themselves. Functions that judge answers count as used.
 */
export function affectedBy(
  changes: readonly ServedChange[],
  entries: readonly KnownEntry[],
  scenarios: readonly KnownScenario[],
): AffectedByChange[] {
  const texts = new Map<string, string[]>();
  for (const { endpoint, breaking, message } of changes)
    if (breaking) texts.set(endpoint, [...(texts.get(endpoint) ?? []), message]);
  return [...texts].flatMap(([endpoint, messages]) => {
    const users = usersOf(endpoint, entries, scenarios);
    const following = new Set(entries.filter(({ follows }) => follows).map(({ id }) => id));
    const affected = { ...users, entries: users.entries.filter(({ id }) => !following.has(id)) };
    const none = affected.entries.length + affected.steps.length === 0;
    return none ? [] : [{ endpoint, changes: messages, ...affected }];
  });
}

/** What uses one endpoint. A step of a catalog entry is listed because of the entry. */
export function usersOf(
  endpoint: string,
  entries: readonly KnownEntry[],
  scenarios: readonly KnownScenario[],
): { entries: AffectedEntry[]; steps: AffectedStep[] } {
  const used = entries.filter((entry) => entry.endpoint === endpoint || isJudge(endpoint, entry.assertions));
  const ids = new Set(used.map(({ id }) => id));
  return {
    entries: used.map(({ id, name }) => ({ id, name })),
    steps: scenarios.flatMap((scenario) =>
      [...walkScenario(scenario.steps)]
        .filter(({ step }) => isUser(step, { endpoint, ids, endpointOf: scenario.endpointOf }))
        .map(({ step, path }) => ({
          scenarioId: scenario.id,
          scenario: scenario.name,
          path,
          ...(step.name === undefined ? {} : { name: step.name }),
        })),
    ),
  };
}

interface Use extends Pick<KnownScenario, 'endpointOf'> {
  readonly endpoint: string;
  /** Of catalog entries that use it. */
  readonly ids: ReadonlySet<number>;
}

function isUser(step: Step, { endpoint, ids, endpointOf }: Use): boolean {
  switch (step.type) {
    case 'api': {
      const url = step.with?.url;
      const own = url === undefined ? ids.has(step.api) : endpointOf(url) === endpoint;
      return own || isJudge(endpoint, step.assertions);
    }
    case 'request':
      return endpointOf(step.request.url) === endpoint || isJudge(endpoint, step.assertions);
    case 'call':
      return step.call === endpoint || isJudge(endpoint, step.assertions);
    default:
      return false;
  }
}

function isJudge(endpoint: string, assertions: readonly Assertion[] = []): boolean {
  return assertions.some((assertion) => assertion.on === 'call' && assertion.call === endpoint);
}
