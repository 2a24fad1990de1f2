import { randomUUID } from 'node:crypto';
import { ApiError } from 'api-deploy';
import type { StoredWebhook, Webhook, WebhookInput } from '../../model/schedule.ts';
import { sealSecret } from '../../secrets/secrets.ts';

/**
 * Webhooks as they are stored; what is left out of one that is there already stays as it is.
 *
 * @throws ApiError INVALID_WEBHOOK, SECRET_KEY_INVALID
 */
export function toStoredWebhooks(
  inputs: readonly WebhookInput[],
  present: readonly StoredWebhook[] = [],
): StoredWebhook[] {
  const seen = new Set<string>();
  return inputs.map((input, index) => {
    const path = `webhooks[${index}]`;
    const before = present.find(({ id }) => id === input.id);
    if (input.id !== undefined && before === undefined)
      throw invalid(
        `${path}.id`,
        `there is no webhook '${input.id}' in this schedule; leave the id out to add one`,
      );
    if (input.id !== undefined && seen.has(input.id))
      throw invalid(`${path}.id`, `the webhook '${input.id}' is named twice`);
    if (input.id !== undefined) seen.add(input.id);
    return toStored(input, { path, before });
  });
}

function toStored(
  input: WebhookInput,
  { path, before }: { path: string; before: StoredWebhook | undefined },
): StoredWebhook {
  const { format, secret } = input;
  const url = input.url === before?.shownUrl ? undefined : input.url;
  if (url === undefined && before === undefined)
    throw invalid(`${path}.url`, 'a new webhook needs the address that messages are sent to');
  if (secret !== undefined && secret !== '' && format === 'wecom')
    throw invalid(`${path}.secret`, 'WeCom robots do not sign messages; leave the secret out');
  const sealedSecret =
    secret === undefined ? before?.sealedSecret : secret === '' ? undefined : sealSecret(secret);
  return {
    id: before?.id ?? randomUUID(),
    name: input.name ?? before?.name ?? '',
    format,
    on: input.on ?? before?.on ?? 'every',
    lang: input.lang ?? before?.lang ?? (format === 'json' ? 'en' : 'zh'),
    enabled: input.enabled ?? before?.enabled ?? true,
    ...addressOf(url, { path, before }),
    ...(sealedSecret === undefined ? {} : { sealedSecret }),
  };
}

function addressOf(
  url: string | undefined,
  { path, before }: { path: string; before: StoredWebhook | undefined },
): Pick<StoredWebhook, 'shownUrl' | 'sealedUrl'> {
  if (url === undefined && before !== undefined) {
    return { shownUrl: before.shownUrl, sealedUrl: before.sealedUrl };
  }
  const parsed = URL.canParse(url ?? '') ? new URL(url ?? '') : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol))
    throw invalid(`${path}.url`, `expected an http or https URL, got '${url}'`);
  return { shownUrl: maskUrl(parsed), sealedUrl: sealSecret(parsed.href) };
}

/** Keys of robots are in the query, or the last part of the path. */
function maskUrl({ origin, pathname, search }: URL): string {
  const parts = pathname.split('/');
  const last = parts.pop() ?? '';
  const shown = last.length >= 16 ? '***' : last;
  return `${origin}${[...parts, shown].join('/')}${search === '' ? '' : '?***'}`;
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('INVALID_WEBHOOK', `${path}: ${message}`, {
    status: 422,
    details: [{ path, message }],
  });
}

export function toWebhook(stored: StoredWebhook): Webhook {
  const { shownUrl, sealedUrl: _url, sealedSecret, ...rest } = stored;
  return { ...rest, url: shownUrl, signed: sealedSecret !== undefined };
}
