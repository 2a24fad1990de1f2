import type { RequestResult } from '../model/result.ts';
import type { RequestPlace } from './run-request.ts';

type Place = Pick<RequestPlace, 'iteration' | 'path' | 'name'>;

/** A result of something that was not sent. */
export function plainResult(
  { iteration, path, name }: Place,
  status: 'error' | 'failed' | 'skipped' | 'cancelled',
  error: { code: string; message: string },
): RequestResult {
  return {
    iteration,
    path,
    name,
    status,
    error,
    attempts: 0,
    startedAt: new Date().toISOString(),
    assertions: [],
    extractions: [],
    variables: [],
  };
}

/** Of a step or request that an earlier failure left out. */
export function notReached(place: Place, api?: number): RequestResult {
  return {
    ...plainResult(place, 'skipped', {
      code: 'NOT_REACHED',
      message: 'Something before it failed, and what follows was left out.',
    }),
    ...(api === undefined ? {} : { api }),
  };
}
