import { createCaller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { tokens } from './contenders.ts';

export const path = '/template/syncHello';
export const payload = { token: tokens.business, body: { name: 'Ada' } } as const;
const expected = `{"success":true,"data":"Hello, Ada!","endpoint":"${path}"}`;

interface Case {
  readonly payload: object;
  readonly status: number;
  readonly isRight: (text: string) => boolean;
}

const cases: readonly Case[] = [
  { payload, status: 200, isRight: (text) => text === expected },
  {
    payload: { token: tokens.business },
    status: 200,
    isRight: (text) => text === expected.replace('Ada', 'World'),
  },
  { payload: { ...payload, token: `${tokens.business}x` }, status: 401, isRight: hasCode('INVALID_TOKEN') },
  { payload: { body: payload.body }, status: 401, isRight: hasCode('MISSING_TOKEN') },
  { payload: { ...payload, body: { name: 1 } }, status: 422, isRight: hasCode('VALIDATION_ERROR') },
  { payload: { ...payload, body: { nam: 'Ada' } }, status: 422, isRight: hasCode('VALIDATION_ERROR') },
];

const headers = ['x-request-id', 'x-process-time', 'x-generation'] as const;

/**
 * A server that does less work than the others must not be measured against them.
 *
 * @throws Error that shows the answer which is not as it has to be
 */
export async function verifyAnswers(name: string, port: number): Promise<void> {
  for (const { payload: sent, status, isRight } of cases) {
    const caller = createCaller(port, requestBytes({ port, path, payload: sent }));
    const answer = await caller.call();
    caller.close();
    if (answer.status === status && isRight(answer.text)) continue;
    throw new Error(
      `${name}: expected ${status} for ${JSON.stringify(sent)}, got '${answer.status} ${answer.text}'`,
    );
  }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  await answer.arrayBuffer();
  const missing = headers.filter((header) => !answer.headers.has(header));
  if (missing.length > 0)
    throw new Error(`${name}: expected the headers ${headers.join(', ')}, got no ${missing.join(', ')}`);
}

function hasCode(code: string): (text: string) => boolean {
  return (text) => (JSON.parse(text) as { code?: string }).code === code;
}
