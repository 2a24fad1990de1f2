import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from 'api-deploy';

/** The environment variable with the key: 32 bytes as base64 or hex digits. */
export const keyVariable = 'PLATFORM_KEY';
const keyFileName = 'platform.key';
const keyBytes = 32;

export interface SecretKey {
  readonly bytes: Buffer;
  /** Tells keys apart without giving them away. */
  readonly id: string;
  /** Where it came from, for messages. */
  readonly source: string;
}

/**
 * The key from the environment, else from `<dataDir>/platform.key`, which is made with mode 0600 when it is missing.
 *
 * @throws ApiError SECRET_KEY_INVALID when it has another form or length
 */
export function readSecretKey(env: NodeJS.ProcessEnv, dataDir: string): SecretKey {
  const given = env[keyVariable];
  if (given !== undefined && given !== '') {
    const source = `the environment variable ${keyVariable}`;
    return toKey(given, source);
  }
  const file = join(dataDir, keyFileName);
  return toKey(readKeyFile(file), `the key file '${file}' (${keyVariable} is not set)`);
}

function toKey(text: string, source: string): SecretKey {
  const bytes = decoded(text.trim());
  if (bytes?.length !== keyBytes) {
    // The text itself stays unsaid: it may be nearly the right one.
    const got =
      bytes === undefined ? `${text.trim().length} characters of something else` : `${bytes.length} bytes`;
    throw new ApiError(
      'SECRET_KEY_INVALID',
      `${source}: expected a key of 32 bytes as base64 or hex digits, got ${got}; make one with: openssl rand -base64 32`,
      { status: 500 },
    );
  }
  const id = createHash('sha256').update('platform-key-id').update(bytes).digest('hex').slice(0, 12);
  return { bytes, id, source };
}

function decoded(text: string): Buffer | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[\w+/-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Written aside and linked, so that no other process reads a half of it, and the first one wins.
  const aside = `${file}.${randomUUID()}`;
  const descriptor = openSync(aside, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(keyBytes).toString('base64')}\n`);
    fsyncSync(descriptor);
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(aside, { force: true });
  }
  return readFileSync(file, 'utf8');
}
