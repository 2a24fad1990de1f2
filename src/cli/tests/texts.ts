import type { Language } from '../parse-command.ts';

interface Texts {
  readonly cancelling: string;
  readonly written: (file: string) => string;
  readonly read: (document: ImportedDocument) => string;
  readonly skipped: (where: string, reason: string) => string;
  readonly notConverted: (count: number) => string;
  readonly unset: (names: readonly string[]) => string;
  readonly environment: (name: string) => string;
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
  readonly notConverted: readonly unknown[];
  readonly omittedNotConverted: number;
  readonly unsetVariables: readonly string[];
}

export const texts: Readonly<Record<Language, Texts>> = {
  en: {
    cancelling: 'cancelling; once more to stop at once',
    written: (file) => `written: ${file}`,
    read: ({ file, format, read, skipped }) => `${file}: ${format}, ${read} requests, ${skipped} skipped`,
    skipped: (where, reason) => `  skipped: ${where}: ${reason}`,
    notConverted: (count) => `  ${count} parts have no counterpart here, such as scripts`,
    unset: (names) => `nothing sets ${names.join(', ')}: give --var ${names[0]}=… or --env`,
    environment: (name) => `environment: ${name}`,
  },
  zh: {
    cancelling: '正在取消；再按一次立即停止',
    written: (file) => `已写入：${file}`,
    read: ({ file, format, read, skipped }) => `${file}：${format}，${read} 个请求，跳过 ${skipped} 个`,
    skipped: (where, reason) => `  已跳过：${where}：${reason}`,
    notConverted: (count) => `  有 ${count} 处内容（如脚本）没有对应的形式`,
    unset: (names) => `没有任何地方设置 ${names.join('、')}：请使用 --var ${names[0]}=… 或 --env`,
    environment: (name) => `环境：${name}`,
  },
};
