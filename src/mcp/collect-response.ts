import type { PassedResponse } from '../call/call-request.ts';
import { clientLeft } from '../call/client-left.ts';
import type { ApiError } from '../contract/api-error.ts';
import { longestResponse } from './result-limits.ts';

export interface CollectedResponse {
  readonly text: string;
  /** Why the body ended early. */
  readonly error?: ApiError;
}

const textType =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-ndjson|javascript)\b|application\/x-www-form-urlencoded)/i;

/** The body of a returned `Response` as text for an agent; what is no text is only named. Never rejects. */
export async function collectResponse(
  response: PassedResponse,
  signal: AbortSignal,
): Promise<CollectedResponse> {
  const { body } = response;
  if (body === undefined) return { text: statusText(response) };
  const type = headerOf(response, 'content-type');
  if (type !== undefined && !textType.test(type)) {
    body.stop(clientLeft());
    return { text: `${statusText(response)}: its body is '${type}', which is not shown here` };
  }
  const onAbort = (): void => body.stop(clientLeft(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await readText(body, type);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function readText(
  body: NonNullable<PassedResponse['body']>,
  type: string | undefined,
): Promise<CollectedResponse> {
  const decoder = decoderOf(type);
  let text = '';
  for (let left = longestResponse; ;) {
    const pull = await body.next();
    if ('error' in pull) return { text, error: pull.error };
    if ('done' in pull) return { text: text + decoder.decode() };
    text += decoder.decode(pull.value.subarray(0, left), { stream: true });
    left -= pull.value.length;
    if (left >= 0) continue;
    body.stop(clientLeft());
    return { text: `${text}\n[cut after ${longestResponse} bytes]` };
  }
}

function decoderOf(type: string | undefined): InstanceType<typeof TextDecoder> {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(type ?? '')?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8'); // a charset that nobody knows
  }
}

function statusText(response: PassedResponse): string {
  const location = headerOf(response, 'location');
  const to = location === undefined ? '' : ` → ${location}`;
  return `HTTP ${response.status} ${response.statusText}`.trimEnd() + to;
}

function headerOf({ headers }: PassedResponse, name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}
