import type { ProjectSettings } from '../../model/project.ts';
import type { RunNotice, StoredWebhook } from '../../model/schedule.ts';
import type { Transport } from '../../model/transport.ts';
import { openSecret } from '../../secrets/secrets.ts';
import type { Database } from '../../storage/open-database.ts';
import { judgeAnswer, type DeliveryOutcome } from './judge-answer.ts';
import { toMessage } from './to-message.ts';

/** What sending needs of the world. */
export interface SendParts {
  db: Database;
  /** One that reaches what is public, and these targets beside it. */
  createTransport: (allow: string[]) => Transport;
  signal: AbortSignal;
}

const timeouts = { connect: 5000, firstByte: 10_000, total: 15_000 };
const keepBytes = 2000;

/** Sends a message once. Never throws for what a receiver or the network does. */
export async function sendMessage(
  parts: SendParts,
  webhook: StoredWebhook,
  notice: RunNotice,
): Promise<DeliveryOutcome> {
  const { format, lang, sealedUrl, sealedSecret } = webhook;
  const secret = sealedSecret === undefined ? undefined : openSecret(sealedSecret);
  const { url, headers, body } = toMessage({ format, lang, url: openSecret(sealedUrl), secret }, notice);
  const transport = parts.createTransport(await allowedBy(parts.db, notice.project.id));
  try {
    const exchange = await transport.send(
      {
        method: 'POST',
        url,
        headers,
        body: { type: 'text', text: body },
        auth: { type: 'none' },
        settings: { timeouts, redirects: 0, cookies: false },
      },
      { signal: parts.signal, keepBytes },
    );
    return withoutKey(judgeAnswer(format, exchange), url);
  } finally {
    await transport.close();
  }
}

async function allowedBy(db: Database, projectId: number): Promise<string[]> {
  const row = await db
    .selectFrom('projects')
    .select('settingsJson')
    .where('id', '=', projectId)
    .executeTakeFirst();
  return (JSON.parse(row?.settingsJson ?? '{}') as ProjectSettings).allow ?? [];
}

/** What is written down about a delivery does not tell the robot's key. */
function withoutKey(outcome: DeliveryOutcome, url: string): DeliveryOutcome {
  if (outcome.error === undefined) return outcome;
  const { pathname, search } = new URL(url);
  const hidden = [url, search.slice(1), pathname.split('/').at(-1) ?? ''].filter((part) => part.length >= 8);
  const message = hidden.reduce((text, part) => text.replaceAll(part, '***'), outcome.error.message);
  return { ...outcome, error: { ...outcome.error, message } };
}
