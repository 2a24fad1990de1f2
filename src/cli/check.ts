import { describeFailure } from '../service/describe-reload.ts';
import type { ConfigSource } from '../service/read-config.ts';
import type { CliDeps } from './cli-deps.ts';

/** Prints every endpoint to stdout and every failure to stderr. Exit code 1 when a module fails. */
export async function check(source: ConfigSource, deps: Pick<CliDeps, 'check'>): Promise<number> {
  const { snapshot, failures } = await deps.check(source);
  for (const { path, signature } of snapshot.endpoints.values()) {
    console.log(`POST ${path} ${signature.text}`);
    const [summary = ''] = signature.description.split('\n');
    if (summary !== '') console.log(`     ${summary}`);
  }
  for (const failure of failures) console.error(`\n${describeFailure(failure)}`);
  const count = `${snapshot.endpoints.size} functions in ${snapshot.modules.size} modules`;
  console.log(failures.length === 0 ? `\n${count}: all load` : `\n${count}; ${failures.length} modules fail`);
  return failures.length === 0 ? 0 : 1;
}
