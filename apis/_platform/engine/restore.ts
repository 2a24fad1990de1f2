import type { RequestResult } from '../model/result.ts';
import { masked } from '../values/mask.ts';
import type { ExtractedVariable, Outcome } from './judge-exchange.ts';
import type { Run } from './run.ts';
import type { RequestPlace } from './run-request.ts';

/**
 * What a request came to before the run was cut off: its extracted variables and cookies are taken over. Undefined
 * when it has no result yet. Where a stored value is only a part of what it was (a secret in it is masked, or it was
 * too long), `again` runs the request once more for its values; the stored result stands.
 */
export async function restore(
  run: Run,
  place: Pick<RequestPlace, 'iteration' | 'path' | 'jar'>,
  again: () => Promise<Outcome>,
): Promise<Outcome | undefined> {
  if (!run.parts.done || !(await run.isDone(place.iteration, place.path))) return undefined;
  const result = await run.parts.stored?.(place.iteration, place.path);
  if (!result) return { result: withoutRecord(place), extracted: [] };
  if (result.extractions.some(isPartial)) return { result, extracted: (await again()).extracted };
  takeCookies(result, place);
  return { result, extracted: result.extractions.flatMap(toVariable) };
}

function isPartial({ value, truncated }: RequestResult['extractions'][number]): boolean {
  return truncated === true || (value !== undefined && JSON.stringify(value).includes(masked));
}

function toVariable({
  name,
  scope,
  status,
  value,
}: RequestResult['extractions'][number]): ExtractedVariable[] {
  return status === 'passed' && value !== undefined ? [{ name, scope, variable: { value } }] : [];
}

function takeCookies({ request, response }: RequestResult, { jar }: Pick<RequestPlace, 'jar'>): void {
  if (!jar || !request || !response) return;
  const lines = response.headers
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .map(([, line]) => line);
  if (lines.length > 0) jar.store(request.url, lines);
}

/** Of a place that is done, but whose result nobody has. */
function withoutRecord({ iteration, path }: Pick<RequestPlace, 'iteration' | 'path'>): RequestResult {
  return {
    iteration,
    path,
    name: path,
    status: 'passed',
    attempts: 0,
    startedAt: new Date().toISOString(),
    assertions: [],
    extractions: [],
    variables: [],
  };
}
