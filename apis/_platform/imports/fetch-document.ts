import { ApiError } from 'api-deploy';
import type { Transport } from '../model/transport.ts';

const patience = 30_000;

/**
 * The text behind a URL, through the transport that guards which targets may be reached.
 *
 * @throws ApiError IMPORT_FETCH_FAILED
 */
export async function fetchDocument(transport: Transport, url: string, signal: AbortSignal): Promise<string> {
  const exchange = await transport.send(
    {
      method: 'GET',
      url,
      headers: [['accept', 'application/json, application/yaml, text/yaml, */*;q=0.5']],
      auth: { type: 'none' },
      settings: { timeouts: { total: patience }, redirects: 5 },
    },
    { signal, keepBytes: 0 },
  );
  const { response, body, error } = exchange;
  const status = response?.status ?? 0;
  if (error === undefined && status >= 200 && status < 300) return Buffer.from(body ?? []).toString('utf8');
  const reason = error?.message ?? `the server answered ${status}`;
  throw new ApiError('IMPORT_FETCH_FAILED', `${url} could not be fetched: ${reason}`, { status: 422 });
}
