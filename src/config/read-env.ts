import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { configKeys, envName, type ConfigForm } from './config-keys.ts';
import type { ConfigLayer } from './config-layer.ts';
import { configKeyNames } from './schema.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables of an `.env` file; none when there is no such file. `process.env` is left alone, so a
 * variable that is taken out of the file is gone at the next load.
 *
 * @throws the system's error when the file exists and cannot be read
 */
export function readEnvFile(file: string): Variables {
  try {
    return parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * What variables say about the configuration. An empty variable counts as not set: that is how
 * `docker compose` and many shells pass on what they do not have.
 */
export function envLayer(variables: Variables, file?: string): ConfigLayer {
  const values: ConfigLayer['values'] = {};
  for (const key of configKeyNames) {
    const text = variables[envName(key)];
    if (text !== undefined && text.trim() !== '') values[key] = fromText(text, configKeys[key].form);
  }
  return { values, sourceOf: (key) => (file === undefined ? `env ${envName(key)}` : basename(file)) };
}

/** A text that is not of the form stays a text, so that the schema's message can show it. */
export function fromText(text: string, form: ConfigForm): unknown {
  const trimmed = text.trim();
  switch (form) {
    case 'text':
      return trimmed;
    case 'integer':
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
    case 'boolean':
      if (/^(true|1|yes)$/i.test(trimmed)) return true;
      return /^(false|0|no)$/i.test(trimmed) ? false : trimmed;
    case 'list':
      return trimmed
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    default: {
      const check: never = form;
      throw new TypeError(`unknown form '${String(check)}'`);
    }
  }
}
