import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bodiesAfter } from '../../src/signatures/body-edit.ts';
import { createCheckerProject, type CheckerProject } from './checker-project.ts';
import { propertyOptions } from './property-options.ts';

const text = `import { apiFunction } from 'api-deploy';
interface Order { id: number; tags?: string[] }
/** Finds one. */
export const find = apiFunction((id: number, deep = false): Order => {
  const pattern = /[/"']+\\/{2}/g; // it's a pattern }
  const half = id / 2 / (deep ? 1 : 2);
  return { id: half, tags: [\`\${id} of \${pattern.test(\`\${half}\`) ? '}' : "{"}\`] };
});
export const add = apiFunction(async (order: Order) => ({ ...order, id: order.id + 1 }), { timeout: 5 });
class Store {
  readonly #all: Order[] = [];
  put(order: Order): void { this.#all.push(order); }
  get size(): number { return this.#all.length; }
}
const store = new Store();
export const count = apiFunction(function () { store.put({ id: 1 }); return store.size; });
`;

const signs = '{ } ( ) [ ] ; , < > => \' " ` ${ / // /* */ \\ ! ++ . ?. x 1'.split(' ');
const parts = [
  '\n',
  ' ',
  ' return ',
  ' of ',
  ' / 2 ',
  '/[/}]/',
  "'}'",
  '`}`',
  '`${1}`',
  '() => 1',
  '{ a: 1 }',
];
const words = [' typeof ', ' as ', 'await ', '// }\n', '/* { */', '} function f(a: number) {'];
const snippet = fc.constantFrom(...signs, ...parts, ...words);

const edit = fc.record({
  at: fc.nat(text.length),
  cut: fc.nat(12),
  put: fc.array(snippet, { maxLength: 4 }).map((parts) => parts.join('')),
});

let project: CheckerProject;
beforeAll(async () => {
  project = await createCheckerProject();
});
afterAll(() => project.end());

it('bodies that are moved by an edit are where the parser sees them', async () => {
  const { bodies } = await project.save('a.ts', text);
  if (bodies === undefined) throw new Error('expected bodies of the text, got none');
  let sure = 0;
  await fc.assert(
    fc.asyncProperty(edit, async ({ at, cut, put }) => {
      const after = text.slice(0, at) + put + text.slice(at + cut);
      const moved = bodiesAfter(text, bodies, after);
      if (moved === undefined) return;
      const parsed = await project.save('a.ts', after);
      // What the transpiler refuses is never served, whatever the bodies are.
      const checked = await project.derive(['a.ts'], { typeErrors: true });
      const errors = checked.get(project.path('a.ts'))?.typeErrors ?? [];
      if (errors.some(({ message }) => /^TS1\d{3}:/.test(message))) return;
      sure += 1;
      expect(parsed.bodies).toEqual(moved);
    }),
    propertyOptions({ runs: 4_000, seconds: 8 }),
  );
  // The test would be worth nothing if everything were left to the parser.
  expect(sure).toBeGreaterThan(20);
});
