import { describe, expect, it } from 'vitest';
import { bodiesAfter } from '../../src/signatures/body-edit.ts';

const before = `export const one = apiFunction((a: string) => { return 'x'; });
export const two = apiFunction((b: number) => b + 1, { timeout: 5 });
function three(c: Date): void { void c; }
`;
const bodies = ['{ return', '}', ' b +', '1', ' { void', '}'].map((text, at) =>
  at % 2 === 0 ? before.indexOf(text) : endOf(text, at),
);

function endOf(text: string, at: number): number {
  const starts = ['{ return', ' b +', ' { void'];
  const from = before.indexOf(starts[(at - 1) / 2] ?? '');
  return before.indexOf(text, from) + text.length;
}

const cut = (text: string, at: readonly number[]): string[] =>
  at.flatMap((start, index) => (index % 2 === 0 ? [text.slice(start, at[index + 1])] : []));

function edited(from: string, to: string): string[] | undefined {
  const after = before.replace(from, () => to);
  const moved = bodiesAfter(before, bodies, after);
  return moved === undefined ? undefined : cut(after, moved);
}

describe('an edit inside of one body moves the bodies', () => {
  it.each([
    [`'x'`, `'another text'`],
    [`return 'x';`, `const re = /[}/]"/; return re.source;`],
    [`return 'x';`, `// }\n return \`\${a /* ' */} }\`;`],
    [`return 'x';`, ``],
    [`return 'x';`, `if (a) { return { a: [1] }; }`],
    [`b + 1`, `call(b, { c: 2 }).d`],
    [`b + 1`, `[b, 1] as const`],
    [`void c;`, `const half = c.getTime() * 2 / 4; void half;`],
  ])('%j → %j', (from, to) => {
    const found = edited(from, to);
    const [one, two, three] = cut(before, bodies);
    expect(found).toHaveLength(3);
    const now = [one, two, three].map((body) => (body?.includes(from) ? body.replace(from, () => to) : body));
    expect(found).toEqual(now);
  });
});

describe('what may not be inside of one body is left to a parser', () => {
  it.each([
    [`a: string`, `a: number`],
    [`return 'x'; }`, `return 'x'; }, { timeout: 1 }`],
    [`return 'x';`, `} function evil(x: number) {`],
    [`return 'x';`, `return 'x'`.concat('\\')],
    [`return 'x';`, `return f(a) / 2 /1;`],
    [`return 'x';`, `return "`],
    [`return 'x';`, `/* `],
    [`return 'x';`, '`${'],
    [`b + 1`, `b, 1`],
    [`b + 1`, `b < 1`],
    [`b + 1`, ``],
    [`b + 1`, `// b`],
    [`void c; }`, `void c; }/* { */`],
    [`void c; }\n`, `void c; }\nexport const more = apiFunction((x: number) => x);\n`],
  ])('%j → %j', (from, to) => {
    expect(edited(from, to)).toBeUndefined();
  });

  it('two bodies that change at once', () => {
    const after = before.replace(`'x'`, `'y'`).replace('void c', 'void 0');
    expect(bodiesAfter(before, bodies, after)).toBeUndefined();
  });
});

it('the same text keeps its bodies', () => {
  expect(bodiesAfter(before, bodies, before)).toBe(bodies);
});
