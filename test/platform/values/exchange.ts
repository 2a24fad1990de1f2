import { createHash } from 'node:crypto';
import type { Exchange } from '../../../apis/_platform/model/transport.ts';
import { Answer } from '../../../apis/_platform/values/answer.ts';

export interface Given {
  status?: number;
  headers?: [string, string][];
  body?: string | Buffer;
  time?: number;
  certificateDays?: number;
}

/** What a transport would give for such an answer. */
export function exchange({
  status = 200,
  headers = [],
  body = '',
  time = 12.5,
  certificateDays,
}: Given): Exchange {
  const bytes = Buffer.from(body);
  return {
    request: { method: 'GET', url: 'http://h.test/', headers: [] },
    response: {
      status,
      httpVersion: '1.1',
      headers,
      body: {
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        text: bytes.toString(),
        truncated: false,
      },
      ...(certificateDays === undefined
        ? {}
        : { certificate: { subject: 's', issuer: 'i', validTo: '', days: certificateDays } }),
    },
    body: bytes,
    timings: { total: time },
    attempts: 1,
  };
}

export function answer(given: Given): Answer {
  return new Answer(exchange(given));
}
