import { expect, test } from 'vitest';
import type { GroupProposal } from '../../src/registry/agreement.ts';
import type { ModuleFailure } from '../../src/registry/snapshot.ts';
import { decide, swapsAnything } from '../../src/supervision/cluster/decide.ts';

const failure: ModuleFailure = { module: 'a', file: 'apis/a.ts', line: 3, cause: 'Error: no', since: '2026' };

function group(over: Partial<GroupProposal> = {}): GroupProposal {
  return {
    key: '/apis/a.ts 1',
    files: [['/apis/a.ts', '1']],
    loaded: [['/apis/a.ts', 'a']],
    failed: [],
    ...over,
  };
}

const failing = group({ loaded: [], failed: [['/apis/a.ts', failure]] });

test('what loads in all processes is taken over as it is', () => {
  const proposals = [
    { groups: [group()], removed: [] },
    { groups: [group()], removed: [] },
  ];
  const decision = decide(proposals);
  expect(decision).toEqual({ groups: new Map(), removed: [], retry: [] });
  expect(swapsAnything(decision, proposals)).toBe(true);
});

test('what fails in one process is refused in all, with its cause', () => {
  const proposals = [
    { groups: [group()], removed: [] },
    { groups: [failing], removed: [] },
  ];
  const decision = decide(proposals);
  expect(decision.groups.get('/apis/a.ts 1')).toEqual({
    kind: 'refuse',
    failed: [['/apis/a.ts', failure]],
  });
  expect(swapsAnything(decision, proposals)).toBe(false);
});

test('those that shared a group with it are held back, under their own names', () => {
  const both = group({
    loaded: [
      ['/apis/a.ts', 'a'],
      ['/apis/b.ts', 'b'],
    ],
  });
  const decision = decide([
    { groups: [both], removed: [] },
    { groups: [failing], removed: [] },
  ]);
  const refused = decision.groups.get(both.key);
  expect(refused?.kind === 'refuse' && new Map(refused.failed).get('/apis/b.ts')).toMatchObject({
    module: 'b',
    cause: expect.stringContaining('see apis/a.ts:3'),
  });
});

test('what one process has not tried is tried anew by all', () => {
  const proposals = [
    { groups: [group()], removed: [] },
    { groups: [], removed: [] },
  ];
  const decision = decide(proposals);
  expect(decision).toMatchObject({ retry: ['/apis/a.ts'], removed: [] });
  expect(swapsAnything(decision, proposals)).toBe(false);
});

test('what failed in the only process that tried it is left at that', () => {
  const decision = decide([
    { groups: [failing], removed: [] },
    { groups: [], removed: [] },
  ]);
  expect(decision.retry).toEqual([]);
  expect(decision.groups.get(failing.key)).toMatchObject({ kind: 'refuse' });
});

test('different contents of the same file are different groups', () => {
  const other = group({ key: '/apis/a.ts 2', files: [['/apis/a.ts', '2']] });
  const decision = decide([
    { groups: [group()], removed: [] },
    { groups: [other], removed: [] },
  ]);
  expect([...decision.groups.values()]).toEqual([{ kind: 'retry' }, { kind: 'retry' }]);
});

test('a file is removed when all miss it', () => {
  const gone = { groups: [], removed: ['/apis/a.ts'] };
  expect(decide([gone, gone])).toMatchObject({ removed: ['/apis/a.ts'], retry: [] });
  expect(swapsAnything(decide([gone, gone]), [gone, gone])).toBe(true);
  expect(decide([gone, { groups: [], removed: [] }])).toMatchObject({ removed: [], retry: ['/apis/a.ts'] });
});
