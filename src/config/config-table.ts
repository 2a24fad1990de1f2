import * as z from 'zod';
import { configKeys, envName, type ConfigKeyFacts } from './config-keys.ts';
import { configKeyNames, configSchema, type ConfigKey } from './schema.ts';

const words = {
  en: {
    head: ['Key', 'Variable', 'Default', 'Meaning', 'Change by'],
    none: 'none',
    live: 'reload-config',
    restart: 'restart',
  },
  zh: {
    head: ['配置项', '环境变量', '默认值', '含义', '生效方式'],
    none: '无',
    live: 'reload-config',
    restart: '重启',
  },
} as const;

/** The README's table of all configuration keys, in Markdown, without a line break at the end. */
export function configTable(language: 'en' | 'zh'): string {
  const { head, none, live, restart } = words[language];
  const rows = configKeyNames.map((key) => {
    const { description, reload, defaultText }: ConfigKeyFacts = configKeys[key];
    return [
      `\`${key}\``,
      `\`${envName(key)}\``,
      defaultText?.[language] ?? defaultOf(key) ?? none,
      description[language],
      { live, restart }[reload],
    ];
  });
  return [head, head.map(() => '---'), ...rows].map(toRow).join('\n');
}

function defaultOf(key: ConfigKey): string | undefined {
  const schema: z.ZodType = configSchema.shape[key];
  if (!(schema instanceof z.ZodPrefault)) return undefined;
  const value: unknown = schema.def.defaultValue;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
