import type { Language } from '../parse-command.ts';

interface Texts {
  readonly cancelling: string;
  readonly written: (file: string) => string;
  readonly read: (document: ImportedDocument) => string;
  readonly skipped: (where: string, reason: string) => string;
  readonly notConverted: (part: NotConverted) => string;
  readonly moreNotConverted: (count: number) => string;
  readonly unset: (names: readonly string[]) => string;
  readonly environment: (name: string) => string;
}

/** A part of a document that has no counterpart. */
export interface NotConverted {
  readonly where: string;
  readonly what: string;
  readonly reason: string;
  /** Further places that are alike. */
  readonly more?: number;
}

export interface ImportedDocument {
  readonly file: string;
  readonly format: string;
  readonly read: number;
  readonly skipped: number;
  readonly moduleId: number | null;
  readonly entries: readonly {
    readonly action: string;
    readonly where: string;
    readonly name: string;
    readonly reason?: string;
    readonly id?: number;
  }[];
  readonly notConverted: readonly NotConverted[];
  readonly omittedNotConverted: number;
  readonly unsetVariables: readonly string[];
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    cancelling: 'cancelling; once more to stop at once',
    written: (file) => `written: ${file}`,
    read: ({ file, format, read, skipped }) => `${file}: ${format}, ${read} requests, ${skipped} skipped`,
    skipped: (where, reason) => `  skipped: ${where}: ${reason}`,
    notConverted: ({ where, what, reason, more = 0 }) =>
      `  not converted: ${where}: ${what}: ${reason}${more === 0 ? '' : ` (and in ${more} more places)`}`,
    moreNotConverted: (count) => `  not converted: ${count} more parts; imports/preview lists all`,
    unset: (names) => `nothing sets ${names.join(', ')}: give --var ${names[0]}=… or --env`,
    environment: (name) => `environment: ${name}`,
  },
  zh: {
    cancelling: '正在取消；再按一次立即停止',
    written: (file) => `已写入：${file}`,
    read: ({ file, format, read, skipped }) => `${file}：${format}，${read} 个请求，跳过 ${skipped} 个`,
    skipped: (where, reason) => `  已跳过：${where}：${reason}`,
    notConverted: ({ where, what, reason, more = 0 }) =>
      `  未转换：${where}：${what}：${reason}${more === 0 ? '' : `（另有 ${more} 处）`}`,
    moreNotConverted: (count) => `  未转换：还有 ${count} 处；imports/preview 会全部列出`,
    unset: (names) => `没有任何地方设置 ${names.join('、')}：请使用 --var ${names[0]}=… 或 --env`,
    environment: (name) => `环境：${name}`,
  },
};
