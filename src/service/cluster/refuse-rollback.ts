import { ApiError } from '../../contract/api-error.ts';

/**
 * A rollback is taken over whole or not at all, which several processes cannot promise of each other.
 *
 * @throws ApiError ROLLBACK_FAILED, always
 */
export function refuseRollback(): Promise<never> {
  return Promise.reject(
    new ApiError(
      'ROLLBACK_FAILED',
      "expected one serving process, got several ('workers'); nothing has changed: save the earlier text of the file, " +
        'or restart the service with WORKERS=1 and roll back then',
    ),
  );
}
