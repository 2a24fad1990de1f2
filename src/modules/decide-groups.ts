import { acceptComponent, type Verdict } from './accept-component.ts';
import type { FileInstance } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';
import type { ReloadRun } from './reload-run.ts';
import { rollbackRefusal } from './rollback-refusal.ts';
import type { StagedComponent } from './stage-component.ts';

export interface DecideOptions {
  readonly run: ReloadRun;
  /** Of a rollback: what must load, or nothing changes. */
  readonly targets: ReadonlySet<string> | undefined;
  readonly live: LiveModules;
  readonly apisDir: string;
  readonly projectDir: string;
  /** Seconds; asked anew for each group. */
  readonly loadTimeout: () => number;
  readonly throwAway: (instances: readonly FileInstance[]) => Promise<void>;
  readonly afterHooks: (instance: FileInstance) => void;
  /** All groups were thrown away. */
  readonly onThrownAway: () => void;
  /** Nothing is staged any more. */
  readonly onDone: () => void;
}

/**
 * What becomes of each group.
 *
 * @throws ApiError when it is a rollback and a part of it fails, or the run was given up: all is thrown away then
 */
export async function decideGroups(
  staged: readonly StagedComponent[],
  options: DecideOptions,
): Promise<Verdict[]> {
  const { run, targets, live } = options;
  try {
    run.enter('running onLoad hooks');
    const serves = (file: string): boolean => live.served.has(file);
    if (targets !== undefined) throwWhenRefused(rollbackRefusal(staged, targets, serves));
    const verdicts = await acceptAll(staged, options);
    if (targets !== undefined) throwWhenRefused(rollbackRefusal(verdicts, targets, serves));
    run.enter('running onLoad hooks');
    return verdicts;
  } catch (error) {
    await options.throwAway(staged.flatMap(({ instances }) => [...instances.values()]));
    options.onThrownAway();
    throw error;
  } finally {
    if (!run.isGivenUp) options.onDone();
  }
}

async function acceptAll(staged: readonly StagedComponent[], options: DecideOptions): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const component of staged) {
    options.run.enter('running onLoad hooks');
    verdicts.push(await acceptComponent(component, { ...options, loadTimeout: options.loadTimeout() }));
  }
  return verdicts;
}

function throwWhenRefused(refusal: Error | undefined): void {
  if (refusal !== undefined) throw refusal;
}
