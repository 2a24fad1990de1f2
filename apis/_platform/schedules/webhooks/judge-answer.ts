import type { Exchange } from '../../model/transport.ts';
import type { WebhookFormat } from '../../model/schedule.ts';

export interface DeliveryOutcome {
  delivered: boolean;
  httpStatus: number | null;
  error?: { code: string; message: string };
  /** Whether it may work later. */
  worthAnotherTry: boolean;
}

/** The chat services answer 200 also to what they refuse; these codes mean: later. */
const laterCodes: ReadonlySet<number> = new Set([-1, 45_009, 130_101, 11_232, 11_233]);
const laterStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

export function judgeAnswer(format: WebhookFormat, { response, body, error }: Exchange): DeliveryOutcome {
  if (response === undefined) {
    const reason = error ?? { code: 'NO_ANSWER', message: 'the receiver did not answer' };
    return {
      delivered: false,
      httpStatus: null,
      error: reason,
      worthAnotherTry: !refusedForGood(reason.code),
    };
  }
  const { status } = response;
  const text = body === undefined ? (response.body?.text ?? '') : Buffer.from(body).toString('utf8');
  if (status < 200 || status > 299) {
    return {
      delivered: false,
      httpStatus: status,
      error: { code: 'REFUSED', message: `the receiver answered ${status}: ${text.slice(0, 200)}` },
      worthAnotherTry: status >= 500 || laterStatuses.has(status),
    };
  }
  const code = format === 'json' ? 0 : codeOf(text);
  if (code === 0) return { delivered: true, httpStatus: status, worthAnotherTry: false };
  return {
    delivered: false,
    httpStatus: status,
    error: { code: 'REFUSED', message: `the receiver refused the message: ${text.slice(0, 200)}` },
    worthAnotherTry: code !== undefined && laterCodes.has(code),
  };
}

/** What another try meets again. */
function refusedForGood(code: string): boolean {
  return code === 'TARGET_REFUSED' || code === 'INVALID_URL' || code === 'INVALID_REQUEST';
}

/** `errcode` of DingTalk and WeCom, `code` or `StatusCode` of Feishu; undefined where there is none. */
function codeOf(text: string): number | undefined {
  try {
    const answer = JSON.parse(text) as Record<string, unknown> | null;
    const code = answer?.['errcode'] ?? answer?.['code'] ?? answer?.['StatusCode'];
    return typeof code === 'number' ? code : undefined;
  } catch {
    return undefined;
  }
}
