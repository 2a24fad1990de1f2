/** What tests of files in `apis/` may import, as `api-deploy/testing`. */
export { createCaller } from './service/test-caller.ts';
export type { CallerOptions, InProcessCall, TestCaller } from './service/test-caller.ts';
export type { ConfigInput } from './config/schema.ts';
export type { ReloadReport } from './registry/reload-report.ts';
export type { ModuleFailure } from './registry/snapshot.ts';
