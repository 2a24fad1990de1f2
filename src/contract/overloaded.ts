import { ApiError } from './api-error.ts';

/** The refusal of a call for want of room; most callers can try again soon. */
export function overloaded(reason: string): ApiError {
  return new ApiError('OVERLOADED', `Overloaded: ${reason}; try again in 1 s`, {
    headers: { 'Retry-After': '1' },
  });
}
