import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configChanges } from '../../src/config/config-changes.ts';
import { configTable } from '../../src/config/config-table.ts';
import { configKeys, envName } from '../../src/config/config-keys.ts';
import { configKeyNames, configSchema } from '../../src/config/schema.ts';

describe('configTable', () => {
  it.each(['en', 'zh'] as const)('has one row per key (%s)', (language) => {
    const rows = configTable(language).split('\n').slice(2);
    expect(rows.map((row) => row.split('`')[1])).toEqual(configKeyNames);
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7);
  });

  it('shows defaults as an author writes them', () => {
    const table = configTable('en');
    expect(table).toContain('| `bodyLimit` | `BODY_LIMIT` | `1 MiB` |');
    expect(table).toContain('| `rateLimit` | `RATE_LIMIT` | none |');
    expect(table).toMatch(/`port` .* restart \|/);
    expect(table).toMatch(/`validTokens` .* reload-config \|/);
  });

  it('names every key in .env.example, with its default', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
    for (const key of configKeyNames) expect(example).toMatch(new RegExp(`^# ${envName(key)}=`, 'm'));
    for (const [, name, value] of example.matchAll(/^# ([A-Z_]+)=(.*)$/gm)) {
      const key = configKeyNames.find((candidate) => envName(candidate) === name);
      if (key === undefined || key === 'rateLimit' || configKeys[key].form === 'list') continue;
      if (key === 'runnerAllowPrivate') continue; // hangs on NODE_ENV
      const { defaultValue } = configSchema.shape[key].def as { defaultValue: unknown };
      expect(`${key}=${value}`).toBe(`${key}=${String(defaultValue)}`);
    }
  });
});

describe('configChanges', () => {
  const base = configSchema.parse({ validTokens: ['a'] });

  it('names what differs and what of it needs a restart', () => {
    const after = configSchema.parse({
      validTokens: ['b'],
      port: 1,
      logRotation: '1 hour',
      rateLimit: '1/1s',
    });
    expect(configChanges(base, after)).toEqual({
      changed: ['port', 'validTokens', 'rateLimit', 'logRotation'],
      needRestart: ['port', 'logRotation'],
    });
  });

  it('finds nothing between equals', () => {
    expect(configChanges(base, configSchema.parse({ validTokens: ['a'] }))).toEqual({
      changed: [],
      needRestart: [],
    });
  });
});
