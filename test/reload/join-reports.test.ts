import { expect, it } from 'vitest';
import { joinReports } from '../../src/modules/join-reports.ts';
import type { ReloadReport } from '../../src/registry/reload-report.ts';

const report = (about: Partial<ReloadReport>): ReloadReport => ({
  reason: 'admin',
  generation: 1,
  swapped: false,
  durationMs: 1,
  loaded: [],
  unchanged: [],
  removed: [],
  failed: [],
  contract: { breaking: [], compatible: [] },
  warnings: [],
  files: [],
  endpoints: { added: [], changed: [], removed: [] },
  ...about,
});

it('tells of both, and of what came and went in between as if it had not been', () => {
  const joined = joinReports(
    report({
      generation: 2,
      swapped: true,
      loaded: ['a', 'gone'],
      removed: ['back'],
      files: ['a.ts', 'gone.ts'],
      endpoints: { added: ['/gone/f'], changed: ['/a/f'], removed: ['/back/f'] },
    }),
    report({
      generation: 3,
      swapped: true,
      durationMs: 2,
      loaded: ['b', 'back'],
      unchanged: ['a', 'c'],
      removed: ['gone'],
      files: ['b.ts'],
      endpoints: { added: ['/back/f'], changed: ['/b/f'], removed: ['/gone/f'] },
    }),
  );
  expect(joined).toMatchObject({
    generation: 3,
    swapped: true,
    durationMs: 3,
    loaded: ['a', 'b', 'back'],
    unchanged: ['c'],
    removed: ['gone'],
    files: ['a.ts', 'b.ts', 'gone.ts'],
    endpoints: { added: ['/back/f'], changed: ['/a/f', '/b/f'], removed: ['/gone/f'] },
  });
});

it('a second one that finds nothing leaves what the first one did', () => {
  const first = report({
    generation: 2,
    swapped: true,
    loaded: ['a'],
    endpoints: { added: [], changed: ['/a/f'], removed: [] },
  });
  expect(joinReports(first, report({ generation: 2, unchanged: ['a', 'c'] }))).toMatchObject({
    swapped: true,
    loaded: ['a'],
    unchanged: ['c'],
    endpoints: { changed: ['/a/f'] },
  });
});
