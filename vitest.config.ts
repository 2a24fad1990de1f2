import { defineConfig } from 'vitest/config';

/** What is answered ahead of the router must be what the router would answer: these run both ways. */
const lanes = ['test/http/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'router alone', include: lanes, globalSetup: [], env: { DIRECT_LANE: 'false' } },
      },
    ],
  },
});
