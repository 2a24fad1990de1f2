/** One segment of an endpoint's path: a folder, a file without its ending, or an export. */
export const segmentPattern = /^[A-Za-z_][\w-]{0,63}$/;

/** First segments that the runtime's own routes use. */
export const reservedSegments = [
  'api',
  'docs',
  'health',
  'readiness',
  'metrics',
  'mcp',
  'console',
  'openapi.json',
  'client.ts',
] as const;

/** Own names of every object; as keys or export names they invite prototype pollution. */
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Why a module path such as `billing/invoices` cannot be served, or undefined when it can. */
export function moduleNameProblem(module: string): string | undefined {
  const segments = module.split('/');
  for (const segment of segments) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  const [first = ''] = segments;
  if ((reservedSegments as readonly string[]).includes(first)) {
    return `'/${first}' is reserved for the runtime; rename the file or folder '${first}'`;
  }
  return undefined;
}

/** Why an export cannot be an endpoint's name, or undefined when it can. */
export function segmentProblem(segment: string): string | undefined {
  if (forbiddenNames.has(segment)) return `'${segment}' cannot be an endpoint's name; rename it`;
  if (segmentPattern.test(segment)) return undefined;
  return `'${segment}' cannot be part of an endpoint's path: expected ${segmentPattern.source} (a letter or '_', then letters, digits, '_' or '-', 64 at most)`;
}
