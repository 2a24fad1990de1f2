import { toClientText } from '../describe/client.ts';
import type { CheckResult } from './check-modules.ts';
import { version } from './runtime-package.ts';

/** The typed client of all that a check has loaded. */
export function clientTextOf({ snapshot }: CheckResult): string {
  return toClientText(snapshot, { version });
}
