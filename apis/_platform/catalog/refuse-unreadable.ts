import { ApiError } from 'api-deploy';
import { unreadableParts, type RequestParts } from '../values/unreadable-parts.ts';

/**
 * Refuses what no run could use: templates, JSONPaths, patterns and JSON Schemas that cannot be read.
 *
 * @param from path of the fields in the call, with the dot: `changes.`
 * @throws ApiError VALIDATION_ERROR with the path of each field and the reason
 */
export function refuseUnreadable(parts: RequestParts, from = ''): void {
  const details = unreadableParts(parts).map(({ path, ...rest }) => ({ path: `${from}${path}`, ...rest }));
  const [first] = details;
  if (first === undefined) return;
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  throw new ApiError('VALIDATION_ERROR', `${first.path}: ${first.message}${more}`, { status: 422, details });
}
