/** The same zod schemas for all peers that validate with zod. */
import { z } from 'zod';
import * as contract from './contract.mjs';

const envelope = z.strictObject({ token: z.string().optional(), body: z.unknown().optional() });
const body = z.strictObject({ name: z.string().default('World') });

/** Everything between the parsed request and the answer. */
export function answerRequest(request) {
  const outer = envelope.safeParse(request);
  if (!outer.success) return refuse('INVALID_REQUEST', outer.error);
  const { token } = outer.data;
  if (token === undefined) return refuse('MISSING_TOKEN', 'no token');
  const principal = contract.authenticate(token);
  if (principal === undefined) return refuse('INVALID_TOKEN', 'unknown token');
  const inner = body.safeParse(outer.data.body ?? {});
  if (!inner.success) return { ...refuse('VALIDATION_ERROR', inner.error), principal };
  return { status: 200, envelope: contract.success(contract.syncHello(inner.data.name)), principal };
}

function refuse(code, reason) {
  const [message, details] = typeof reason === 'string' ? [reason] : ['invalid request', reason.issues];
  return { status: contract.statuses[code], envelope: contract.failure(code, message, details) };
}
