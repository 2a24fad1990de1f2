export const bigHelper = (version: number): string =>
  `export const table = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [\`${version} \${at}\`, { at }]));\n`;

/** As a module of ours: 20 to 50 KB that no other version has, with a helper, a package, a timer and a stack to map. */
export function bigModule(version: number): string {
  return `import { z } from 'zod';
import { apiFunction } from 'api-deploy';
import { table } from './_lib/table.ts';
const schema = z.object({ name: z.string().max(${100 + (version % 50)}) });
setInterval(() => schema.safeParse({ name: 'tick' }), 60_000);
/** Answers its version. */
export const version = apiFunction((fail = false) => {
  if (fail) throw new Error('version ${version} fails');
  return { version: ${version}, entries: Object.keys(table).length, ok: schema.safeParse({ name: 'x' }).success };
});
${filling(version, ': string')}`;
}

/** The same as a plain module, without the package and without types. */
export function plainBigModule(version: number): string {
  return `const table = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [\`${version} \${at}\`, { at }]));
setInterval(() => Object.keys(table), 60_000);
/** Answers its version. */
export const version = () => ({ version: ${version}, entries: Object.keys(table).length });
${filling(version, '')}`;
}

/** `result`: the written type of each function's result. */
function filling(version: number, result: string): string {
  const parts: string[] = [];
  const size = 20_000 + ((version * 7_919) % 30_000);
  for (let length = 0, at = 0; length < size; at++) {
    const part = `const row${at} = { label: 'row ${at} of version ${version}', values: [${at}, ${version}] };
function step${at}(input = 0)${result} { return \`\${input + row${at}.values.length} in ${version}\`; }
step${at}(${at});
`;
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}
