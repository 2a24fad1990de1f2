import type { ImportedEntry } from './importer.ts';

/** Names between `{{` and `}}` in a request and its checks that are neither built-ins nor quoted texts. */
export function variablesIn({
  request,
  assertions,
}: Pick<ImportedEntry, 'request' | 'assertions'>): Set<string> {
  const names = new Set<string>();
  const { url } = request;
  if (!/^(?:[a-z][a-z0-9+.-]*:\/\/|\{\{)/i.test(url)) names.add('baseUrl');
  const isUsed = ({ enabled }: { enabled?: boolean | undefined }): boolean => enabled !== false;
  const text = JSON.stringify({
    ...request,
    params: request.params.filter(isUsed),
    headers: request.headers.filter(isUsed),
    assertions,
  });
  for (const name of namesIn(text)) names.add(name);
  return names;
}

/** Names of variables in JSON. */
export function namesIn(json: string): Set<string> {
  if (!json.includes('{{')) return new Set();
  const found = json.matchAll(/\{\{\s*([^\s{}|$'"\\][^{}|"\\]*?)\s*(?:\|[^{}]*)?\}\}/g);
  return new Set([...found].map((match) => match[1] ?? '').filter((name) => name !== ''));
}
