import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWith, sealWith } from '../../../apis/_platform/secrets/secret-box.ts';
import { readSecretKey } from '../../../apis/_platform/secrets/secret-key.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'platform-secrets-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const bytes = randomBytes(32);

describe('the key', () => {
  it('comes from the environment, as base64 or hex digits, and then makes no file', async () => {
    for (const text of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) {
      expect(readSecretKey({ PLATFORM_KEY: ` ${text}\n` }, dir).bytes).toEqual(bytes);
    }
    expect(await readdir(dir)).toEqual([]);
  });

  it('is made once, for its owner alone', async () => {
    const made = readSecretKey({}, dir);
    expect(made.bytes).toHaveLength(32);
    expect(readSecretKey({ PLATFORM_KEY: '' }, dir).bytes).toEqual(made.bytes);
    const file = join(dir, 'platform.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toEqual(made.bytes);
    expect(await readdir(dir)).toEqual(['platform.key']);
  });

  it('is refused with its length, not its text, when it has another one', async () => {
    const short = randomBytes(16).toString('hex');
    const refusal = () => readSecretKey({ PLATFORM_KEY: short }, dir);
    expect(refusal).toThrow(/PLATFORM_KEY: expected a key of 32 bytes.*got 16 bytes/);
    expect(refusal).not.toThrow(short);
    expect(() => readSecretKey({ PLATFORM_KEY: 'not a key!' }, dir)).toThrow(/got 10 characters/);
    await writeFile(join(dir, 'platform.key'), '');
    expect(() => readSecretKey({}, dir)).toThrow(/platform\.key' \(PLATFORM_KEY is not set\): expected/);
  });
});

describe('a sealed text', () => {
  const key = readSecretKey({ PLATFORM_KEY: bytes.toString('hex') }, '');

  it('opens again, and shows nothing', () => {
    for (const text of ['', 'geheim', '密码 🔑', 'x'.repeat(100_000)]) {
      const sealed = sealWith(key, text);
      expect(openWith(key, sealed)).toBe(text);
      expect(sealed).not.toBe(sealWith(key, text));
      if (text !== '') expect(sealed).not.toContain(text);
    }
  });

  it('names the variable when the key has changed', () => {
    const other = readSecretKey({ PLATFORM_KEY: randomBytes(32).toString('hex') }, '');
    expect(() => openWith(other, sealWith(key, 'geheim'))).toThrow(
      expect.objectContaining({
        code: 'SECRET_KEY_CHANGED',
        message: expect.stringContaining('PLATFORM_KEY'),
      }),
    );
  });

  it('is refused when one bit was changed, or half of it is missing', () => {
    const sealed = sealWith(key, 'geheim');
    const [form, id, content = ''] = sealed.split('.');
    const altered = Buffer.from(content, 'base64url');
    altered[altered.length - 1]! ^= 1;
    for (const text of [
      `${form}.${id}.${altered.toString('base64url')}`,
      `${form}.${id}.AAAA`,
      'geheim',
      '',
    ]) {
      expect(() => openWith(key, text)).toThrow(expect.objectContaining({ code: 'SECRET_BROKEN' }));
    }
  });
});
