import {
  declarations,
  leftOut,
  typeGroups,
  unfitRows,
  upload,
  type BothLanguages,
  type TypeGroup,
  type TypeRow,
} from '../test/signatures/type-table.ts';

export type Language = keyof BothLanguages;

/** The documents by their place in the project. */
export const typesDocs: Readonly<Record<Language, string>> = {
  en: 'docs/types.md',
  zh: 'docs/types.zh-CN.md',
};

/** The whole document about types that parameters may have. */
export function renderTypesDoc(language: Language): string {
  const say = (text: BothLanguages): string => text[language];
  return `${[
    `<!-- ${say(texts.generated)} -->`,
    `# ${say(texts.title)}`,
    say(texts.intro),
    ['```ts', declarations.trimEnd(), '```'].join('\n'),
    ...typeGroups.flatMap((group) => renderGroup(group, language)),
    `## ${say(texts.unfitTitle)}`,
    say(texts.unfitIntro),
    table(
      [say(texts.type), say(texts.message)],
      unfitRows.map(({ type, message }) => [code(type), escapeCell(`${message} …`)]),
    ),
    `## ${say(texts.schemaTitle)}`,
    say(texts.schemaIntro),
    say(texts.schemaLimits),
  ].join('\n\n')}\n`;
}

function renderGroup({ title, intro, rows }: TypeGroup, language: Language): string[] {
  const head = [texts.type, texts.accepted, texts.refused].map((text) => text[language]);
  return [
    `## ${title[language]}`,
    ...(intro === undefined ? [] : [intro[language]]),
    table(
      head,
      rows.map((row) => renderRow(row, language)),
    ),
  ];
}

function renderRow(
  { type, parameter, note, accepts, refuses, arrives }: TypeRow,
  language: Language,
): string[] {
  const about = note === undefined ? '' : `<br>${note[language]}`;
  const accepted = accepts.map((value, at) => {
    const made = at === 0 && arrives !== undefined ? ` → ${code(arrives)}` : '';
    return `${valueText(value, language)}${made}`;
  });
  const refused = refuses.map(([value, message]) => `${valueText(value, language)} — ${escapeCell(message)}`);
  return [code(parameter ?? type) + about, accepted.join('<br>'), refused.join('<br>')];
}

function valueText(value: unknown, language: Language): string {
  if (value === leftOut) return `*${texts.leftOut[language]}*`;
  if (value === upload) return `*${texts.upload[language]}*`;
  if (Array.isArray(value) && value.includes(upload)) return `*${texts.uploads[language]}*`;
  return code(JSON.stringify(value));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A code span, also for text with backquotes in it; in a table, bars need a backslash even there. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${text.replaceAll('|', '\\|')}${padding}${fence}`;
}

function escapeCell(text: string): string {
  return text.replace(/[|\\*_<[\]`]/g, '\\$&');
}

const texts = {
  generated: {
    en: 'Written by `npx tsx scripts/update-types-doc.ts` from test/signatures/type-table.ts, which is also a test. Do not edit.',
    zh: '由 `npx tsx scripts/update-types-doc.ts` 根据 test/signatures/type-table.ts 生成，该文件同时也是测试。请勿手动修改。',
  },
  title: { en: 'Types of parameters, and the JSON that they accept', zh: '参数类型及其接受的 JSON' },
  intro: {
    en: 'A function’s parameters are validated against their TypeScript types, as the type checker resolves them: wherever they are declared, and however they are computed. Every row below is tested with its values and messages. The rows use these declarations:',
    zh: '函数的参数按其 TypeScript 类型校验，类型由类型检查器解析：无论在哪里声明、如何计算得出。下面每一行的值和消息都经过测试。各行使用以下声明：',
  },
  type: { en: 'Parameter', zh: '参数' },
  accepted: { en: 'Accepted JSON', zh: '接受的 JSON' },
  refused: { en: 'Refused, and why', zh: '拒绝的 JSON 及原因' },
  message: { en: 'Why the function is not served', zh: '函数无法提供服务的原因' },
  leftOut: { en: 'left out', zh: '省略' },
  upload: { en: 'a part of a multipart/form-data request', zh: 'multipart/form-data 请求的一个部分' },
  uploads: { en: 'parts of a multipart/form-data request', zh: 'multipart/form-data 请求的多个部分' },
  unfitTitle: { en: 'Types without a JSON form', zh: '没有 JSON 形式的类型' },
  unfitIntro: {
    en: 'A function with such a parameter is not served; the reload says so, with file and line.',
    zh: '带有这类参数的函数不会提供服务；重新加载时会指出文件和行号。',
  },
  schemaTitle: { en: 'JSON Schema', zh: 'JSON Schema' },
  schemaIntro: {
    en: 'The published schemas (draft 2020-12) accept what the validator accepts; a property test holds both against each other. Integers are limited to ±9007199254740991, beyond which JSON numbers lose digits on their way.',
    zh: '公布的 schema（draft 2020-12）与校验器接受相同的值；两者由属性测试相互对照。整数限于 ±9007199254740991，超出后 JSON 数字会在传输中丢失精度。',
  },
  schemaLimits: {
    en: 'Only where JSON Schema has no words does the validator refuse more: limits of a `bigint` sent as text, repeated keys of a `Map`, different texts for equal values in a `Set` or a `@uniqueItems` list, the finer rules of `URL`, and files, which are no JSON.',
    zh: '只有在 JSON Schema 无法表达之处，校验器才会拒绝得更多：以文本发送的 `bigint` 的范围、`Map` 的重复键、`Set` 或 `@uniqueItems` 列表中写法不同但相等的值、`URL` 的细则，以及不属于 JSON 的文件。',
  },
} satisfies Record<string, BothLanguages>;
