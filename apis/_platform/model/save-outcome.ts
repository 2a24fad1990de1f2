import type { RunCounts, RunStatus } from './result.ts';

/** A request or call of a scenario, by its place in it. */
export interface AffectedStep {
  scenarioId: number;
  scenario: string;
  /** `steps[2].then[0]` */
  path: string;
  name?: string;
}

export interface AffectedEntry {
  id: number;
  name: string;
}

/** What uses an endpoint whose contract has changed so that its callers may break. */
export interface AffectedByChange {
  endpoint: string;
  /** What has changed, one text for each change. */
  changes: string[];
  entries: AffectedEntry[];
  steps: AffectedStep[];
}

export interface SavedScenario {
  scenarioId: number;
  name: string;
  /** Id of the run; null: it could not be started, and `message` says why. */
  recordId: number | null;
  status: RunStatus;
  counts: RunCounts | null;
  message?: string;
}

/** What the tests after a save gave. */
export interface SaveOutcome {
  /** The generation that was tested: the last one, where another save came meanwhile. */
  generation: number;
  /** `running`: not over yet. `passed`: all scenarios did. `none`: no scenario had reached what was changed. */
  status: 'running' | 'passed' | 'failed' | 'none';
  /** Endpoints that the saves touched. */
  touched: string[];
  affected: AffectedByChange[];
  scenarios: SavedScenario[];
  /** ISO 8601. */
  startedAt: string;
  completedAt: string | null;
}
