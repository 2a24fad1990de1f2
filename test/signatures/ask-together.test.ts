import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNativeChecker, type NativeChecker, type Project } from '../../src/signatures/checker.ts';
import { createFileOverlay } from '../../src/signatures/file-overlay.ts';

/** More questions than fit into one message. */
const files = Array.from({ length: 400 }, (_, index) => `m${index}.ts`);

let dir: string;
const checkers: NativeChecker[] = [];

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'signatures-')));
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ files }));
  await Promise.all(
    files.map((file, index) =>
      writeFile(
        join(dir, file),
        `export type T${index} = 'ä${index}' | { n: ${index} };\nexport const x${index} = 1;\n`,
      ),
    ),
  );
});
afterAll(async () => {
  for (const checker of checkers) checker.close();
  await rm(dir, { recursive: true, force: true });
});

function open(): { readonly checker: NativeChecker; readonly project: Project } {
  const checker = startNativeChecker({
    cwd: dir,
    fs: createFileOverlay(new Map()).fs,
    configFile: join(dir, 'tsconfig.json'),
    onExit: () => {},
  });
  checkers.push(checker);
  return { checker, project: checker.update({ changed: [], created: [], deleted: [] }) };
}

/** For each file, the question for its exports, and the one that follows from the answer. */
function asksOf({ program, checker }: Project): (() => readonly string[])[] {
  const sources = files.map((file) => program.getSourceFile(join(dir, file))!);
  return checker.getSymbolAtLocation(sources).map((module) => () => {
    const symbols = checker.getExportsOfModule(module!);
    return symbols.map(
      (symbol) => `${symbol.name} ${checker.typeToString(checker.getTypeOfSymbol(symbol)!)}`,
    );
  });
}

it('what is asked together is answered as what is asked one by one', () => {
  const together = open();
  const asks = asksOf(together.project);
  together.checker.together.ask(asks);
  const answers = asks.map((ask) => ask());
  expect(answers).toEqual(asksOf(open().project).map((ask) => ask()));
  expect(answers[7]?.join()).toContain('x7 1');
});

it('an answer that was let go of is asked for anew', () => {
  const { checker, project } = open();
  const asks = asksOf(project).slice(0, 5);
  checker.together.ask(asks);
  checker.together.forget();
  expect(asks.map((ask) => ask().length)).toEqual([2, 2, 2, 2, 2]);
});

it('a question that fails fails for whoever asks it, and for nobody else', () => {
  const { checker, project } = open();
  const asks = asksOf(project).slice(0, 3);
  const wrong = (): unknown => project.checker.getPropertiesOfType({ id: 999_999 } as never);
  checker.together.ask([...asks, wrong]);
  expect(wrong).toThrow();
  expect(asks.map((ask) => ask().length)).toEqual([2, 2, 2]);
});
