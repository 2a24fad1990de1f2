import { ApiError } from '../contract/api-error.ts';

export interface RollbackRequest {
  /** `latest`: what is on disk. */
  readonly generation: number | 'latest' | undefined;
  /** `billing/invoices` */
  readonly module: string | undefined;
}

interface Problem {
  readonly path: string;
  readonly message: string;
  readonly code: 'invalid_type' | 'unrecognized_keys';
}

/** @throws ApiError VALIDATION_ERROR that lists every problem */
export function readRollbackRequest(
  body: Readonly<Record<string, unknown>>,
  keys: readonly (keyof RollbackRequest)[],
): RollbackRequest {
  const { generation, module } = body;
  const problems: Problem[] = Object.keys(body)
    .filter((key) => !(keys as readonly string[]).includes(key))
    .map((path) => ({
      path,
      message: `unknown; expected only ${keys.join(' and ')}`,
      code: 'unrecognized_keys',
    }));
  if (generation !== undefined && !isGeneration(generation)) {
    const message = `expected a whole number from 1, or 'latest', got ${shown(generation)}`;
    problems.push({ path: 'generation', message, code: 'invalid_type' });
  }
  if (module !== undefined && (typeof module !== 'string' || module === '')) {
    const message = `expected a module such as 'billing/invoices', got ${shown(module)}`;
    problems.push({ path: 'module', message, code: 'invalid_type' });
  }
  if (problems.length > 0) {
    const text = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new ApiError('VALIDATION_ERROR', text, { details: problems });
  }
  return {
    generation: generation as RollbackRequest['generation'],
    module: (module as string | undefined)?.replace(/^\//, ''),
  };
}

function isGeneration(value: unknown): boolean {
  return value === 'latest' || (Number.isSafeInteger(value) && (value as number) >= 1);
}

function shown(value: unknown): string {
  return `'${(JSON.stringify(value) ?? 'undefined').slice(0, 80)}'`;
}
