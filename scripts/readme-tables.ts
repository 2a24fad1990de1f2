import { configTable } from '../src/config/config-table.ts';
import { errorCodes, type ErrorCode } from '../src/contract/error-codes.ts';

export type Language = 'en' | 'zh';

/** The READMEs and their languages. */
export const readmes: Readonly<Record<Language, string>> = { en: 'README.md', zh: 'README.zh-CN.md' };

/** What `errorCodes` says, in Chinese. A code without its text does not compile. */
const chinese: Readonly<Record<ErrorCode, string>> = {
  INVALID_JSON: '请求体不是本服务接受的 JSON。',
  INVALID_REQUEST: '请求可以读取，但不是 `{token, body}` 的形式。',
  MISSING_TOKEN: '没有发送令牌。',
  INVALID_TOKEN: '令牌不在任何令牌列表中。',
  MISSING_ADMIN_TOKEN: '调用管理接口时没有发送令牌。',
  INVALID_ADMIN_TOKEN: '调用管理接口的令牌不是管理令牌。',
  FORBIDDEN: '令牌缺少函数要求的角色。',
  ENDPOINT_NOT_FOUND: '该路径上没有函数或路由。',
  GENERATION_NOT_FOUND: '没有可用的该代次，或其中没有该模块；`details` 列出可用的。',
  METHOD_NOT_ALLOWED: '路径存在，但不支持该方法；见 `Allow`。',
  PAYLOAD_TOO_LARGE: '请求体大于 `bodyLimit`；带文件时大于 `uploadLimit`。',
  UNSUPPORTED_MEDIA_TYPE: '请求体不是 `application/json`；在接收文件之处也不是 `multipart/form-data`。',
  VALIDATION_ERROR: '参数不符合函数签名；`details` 列出每一个问题。',
  CONFIG_INVALID: '新配置无效；原配置继续生效。',
  ROLLBACK_FAILED: '早先的版本无法加载；一切未变，`details` 说明原因。',
  RATE_LIMITED: '调用过于频繁；见 `Retry-After`。',
  INTERNAL_ERROR: '函数执行失败。',
  RELOAD_FAILED: '重载卡住，或无法读取其目录；原有内容继续服务。',
  SHUTTING_DOWN: '服务正在停止，不再接受新的调用。',
  OVERLOADED: '同时进行的调用过多；见 `Retry-After`。',
  QUARANTINED: '函数连续多次阻塞进程，不再被调用。',
  FUNCTION_TIMEOUT: '函数超过了时限，或阻塞了进程。',
};

const heads = {
  en: ['Status', 'Code', 'When'],
  zh: ['状态码', '错误码', '何时出现'],
} as const satisfies Record<Language, readonly string[]>;

/** The table of all error codes, in Markdown, without a line break at the end. */
export function errorTable(language: Language): string {
  const rows = (Object.keys(errorCodes) as ErrorCode[]).map((code) => {
    const { status, summary } = errorCodes[code];
    return [String(status), `\`${code}\``, language === 'en' ? summary : chinese[code]];
  });
  const head = heads[language];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The generated tables, by the name that their markers have. */
const tables = { 'error-table': errorTable, 'config-table': configTable } as const;

/**
 * A README's text with its generated tables made anew.
 *
 * @throws Error when the markers of a table are missing
 */
export function withTables(text: string, language: Language): string {
  let result = text;
  for (const [name, toTable] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
    const from = result.indexOf(begin);
    const to = result.indexOf(end);
    if (from === -1 || to < from) {
      throw new Error(`${readmes[language]}: expected '${begin}' and, after it, '${end}'`);
    }
    result = `${result.slice(0, from)}${begin}\n\n${toTable(language)}\n\n${result.slice(to)}`;
  }
  return result;
}
