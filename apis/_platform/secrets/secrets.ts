import { onLoad } from 'api-deploy';
import { openWith, sealWith } from './secret-box.ts';
import { readSecretKey, type SecretKey } from './secret-key.ts';

let dataDir: string | undefined;
let kept: SecretKey | undefined;

onLoad((service) => {
  dataDir = service.dataDir;
});

/** Read at the first use: without a good key, everything but secrets works. */
function key(): SecretKey {
  if (dataDir === undefined) throw new Error('secrets were used before onLoad');
  return (kept ??= readSecretKey(process.env, dataDir));
}

/**
 * Encrypts a secret for storage.
 *
 * @throws ApiError SECRET_KEY_INVALID
 */
export function sealSecret(text: string): string {
  return sealWith(key(), text);
}

/**
 * The text of a secret that `sealSecret` made. It must reach no answer, no log and no stored request.
 *
 * @throws ApiError SECRET_KEY_INVALID, SECRET_KEY_CHANGED, SECRET_BROKEN
 */
export function openSecret(sealed: string): string {
  return openWith(key(), sealed);
}
