import { onDispose, onLoad, type ReloadNews, type Service } from 'api-deploy';
import type { AffectedByChange } from '../model/save-outcome.ts';
import { runner } from '../runs/running.ts';
import { database } from '../storage/database.ts';
import { affectedBy } from './affected-by.ts';
import { chooseScenarios } from './choose-scenarios.ts';
import { describeAffected, describeOutcome } from './describe-outcome.ts';
import { keepOutcome, takeLease } from './lease.ts';
import { loadUsers } from './load-users.ts';
import { runAgain } from './run-again.ts';
import { createSaveTester, type SaveTester } from './save-tester.ts';

let tester: SaveTester | undefined;
let renewing: NodeJS.Timeout | undefined;
/** Whether this process was the one that tested last. */
let holds = false;

/** Milliseconds; the lease is longer. */
const renewInterval = 3000;

onLoad((service) => {
  tester = openTester(service);
  service.onReload((news) => follow(service, news));
  // While a long scenario runs, no other process takes over.
  renewing = setInterval(() => {
    if (tester?.busy === true && holds)
      takeLease(database(), service.processName).catch((error: unknown) => tellTrouble(service, error));
  }, renewInterval);
});

onDispose(async () => {
  clearInterval(renewing);
  await tester?.close();
  tester = undefined;
});

/** Only tells; the tests run beside it, so that the next save is heard of. */
async function follow(
  service: Service,
  { reason, generation, loaded, removed, touched, changes }: ReloadNews,
) {
  // At the start nothing was saved; and types that became known a moment later are no other code.
  const tested = reason === 'start' || loaded.length + removed.length === 0 ? [] : touched;
  const breaking = reason === 'start' ? [] : changes.filter((change) => change.breaking);
  if (tested.length + breaking.length === 0) return;
  holds = await takeLease(database(), service.processName);
  if (!holds) return;
  const affected: AffectedByChange[] = [];
  if (breaking.length > 0) {
    const { entries, scenarios } = await loadUsers(database(), {
      baseUrl: service.baseUrl,
      endpoints: breaking.map(({ endpoint }) => endpoint),
    });
    affected.push(...affectedBy(breaking, entries, scenarios));
    for (const one of affected) service.note(describeAffected(one), { generation, ...one });
  }
  if (tested.length + affected.length > 0) tester?.saved({ generation, touched: tested, affected });
}

function openTester(service: Service): SaveTester {
  return createSaveTester({
    choose: (touched) => chooseScenarios(database(), touched),
    run: (scenario, signal) => runAgain(runner(), scenario, signal),
    keep: (outcome) => keepOutcome(database(), service.processName, outcome),
    tell(outcome) {
      if (outcome.scenarios.length === 0) return;
      const runs = outcome.scenarios.flatMap(({ recordId }) => recordId ?? []);
      service.note(describeOutcome(outcome), {
        generation: outcome.generation,
        status: outcome.status,
        runs,
      });
    },
    onError: (error) => tellTrouble(service, error),
  });
}

function tellTrouble(service: Service, error: unknown): void {
  service.log.error(`tests after a save could not be run: ${String(error)}`, { err: error });
}
