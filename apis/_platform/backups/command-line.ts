import { join } from 'node:path';
import { removeOldBackups, type Retention } from './backup-list.ts';
import { createBackup } from './create-backup.ts';
import { restoreBackup } from './restore-backup.ts';

/*
 * What `api-deploy backup` and `api-deploy restore` do. They run without a service, and without a database that is open.
 */

type Language = 'en' | 'zh';

export interface BackupCommand {
  dataDir: string;
  /** Default: `<dataDir>/backups`. */
  dir: string | undefined;
  withKey: boolean;
  retention: Retention;
  lang: Language;
}

/** Gives what is to be printed. */
export async function backup(command: BackupCommand): Promise<string> {
  const { dataDir, withKey, retention, lang } = command;
  const dir = command.dir ?? join(dataDir, 'backups');
  const { name, size } = await createBackup({ dataDir, dir, withKey });
  const removed = await removeOldBackups(dir, retention, new Date());
  const lines: Record<Language, string[]> = {
    en: [
      `${join(dir, name)}: ${size} bytes, checked`,
      ...(removed.length === 0 ? [] : [`removed: ${removed.join(', ')}`]),
      withKey
        ? 'the key file is in it: whoever has this backup can read its secrets'
        : `the key file is not in it: without ${join(dataDir, 'platform.key')} its secrets cannot be read`,
    ],
    zh: [
      `${join(dir, name)}：${size} 字节，已校验`,
      ...(removed.length === 0 ? [] : [`已删除：${removed.join('、')}`]),
      withKey
        ? '其中包含密钥文件：得到此备份的人可以读取其中的机密'
        : `其中不含密钥文件：没有 ${join(dataDir, 'platform.key')} 就无法读取其中的机密`,
    ],
  };
  return lines[lang].join('\n');
}

export interface RestoreCommand {
  file: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  lang: Language;
}

/** Gives what is to be printed. */
export async function restore({ lang, ...options }: RestoreCommand): Promise<string> {
  const { createdAt, replaced, missing, needsOtherKey } = await restoreBackup(options);
  const lines: Record<Language, string[]> = {
    en: [
      `${options.dataDir} is as it was at ${createdAt}`,
      ...(replaced === undefined ? [] : [`the database of before is ${replaced}`]),
      ...missing.map((sha256) => `the backup lacks a stored file: ${sha256}`),
      ...(needsOtherKey
        ? [
            'its secrets were stored under another key: put that key into PLATFORM_KEY or platform.key, or enter them again',
          ]
        : []),
    ],
    zh: [
      `${options.dataDir} 已恢复到 ${createdAt} 的状态`,
      ...(replaced === undefined ? [] : [`原来的数据库是 ${replaced}`]),
      ...missing.map((sha256) => `备份缺少一个已存储的文件：${sha256}`),
      ...(needsOtherKey
        ? ['其中的机密由另一个密钥加密：请将该密钥放入 PLATFORM_KEY 或 platform.key，或重新输入这些机密']
        : []),
    ],
  };
  return lines[lang].join('\n');
}
