import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ApiError } from 'api-deploy';
import { keyVariable, type SecretKey } from './secret-key.ts';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: `v1.<id of the key>.<base64url of IV, tag and ciphertext>`. The same text gives another result each time. */
export function sealWith({ bytes, id }: SecretKey, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv, { authTagLength: tagBytes });
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${version}.${id}.${Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
}

/** @throws ApiError SECRET_KEY_CHANGED, or SECRET_BROKEN when the stored text was altered */
export function openWith({ bytes, id, source }: SecretKey, sealed: string): string {
  const [form, keyId, content = ''] = sealed.split('.');
  if (form !== version) throw broken();
  if (keyId !== id) {
    throw new ApiError(
      'SECRET_KEY_CHANGED',
      `a secret was stored under another key than that of ${source}; set ${keyVariable} to the key of that time, or enter the secret again`,
      { status: 500 },
    );
  }
  const all = Buffer.from(content, 'base64url');
  if (all.length < ivBytes + tagBytes) throw broken();
  const decipher = createDecipheriv('aes-256-gcm', bytes, all.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(all.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(all.subarray(ivBytes + tagBytes)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    throw broken();
  }
}

function broken(): ApiError {
  return new ApiError('SECRET_BROKEN', 'a stored secret was altered and cannot be opened; enter it again', {
    status: 500,
  });
}
