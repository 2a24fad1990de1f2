import { ApiError } from '../contract/api-error.ts';
import type { ServiceState } from './service-state.ts';

/** @throws ApiError SHUTTING_DOWN */
export function refuseWhenStopping(state: ServiceState): void {
  if (state !== 'stopping') return;
  throw new ApiError('SHUTTING_DOWN', 'The service is shutting down and takes no new calls');
}
