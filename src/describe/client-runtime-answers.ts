/** How the client reads answers; see `client-runtime.ts`. */
export const clientAnswers = String.raw`
async function readData(response: Response, path: string): Promise<unknown> {
  const text = await response.text();
  const answer = parseJson(text);
  if (response.ok && isRecord(answer) && answer['success'] === true) return answer['data'];
  throw toFailure(answer, response, path) ?? unexpected(response, path, text);
}

async function toError(response: Response, path: string): Promise<ApiCallError> {
  const text = await response.text();
  return toFailure(parseJson(text), response, path) ?? unexpected(response, path, text);
}

/** The error that the service tells of, or undefined when the answer is no failure of its own. */
function toFailure(answer: unknown, response: Response, path: string): ApiCallError | undefined {
  if (!isRecord(answer) || answer['success'] !== false) return undefined;
  const { error, code, details, endpoint, requestId } = answer;
  if (typeof error !== 'string' || typeof code !== 'string') return undefined;
  const known = statuses as Readonly<Record<string, number>>;
  return new ApiCallError(error, {
    code,
    // A stream has begun with 200 when something goes wrong.
    status: response.ok ? (known[code] ?? 500) : response.status,
    details,
    endpoint: typeof endpoint === 'string' ? endpoint : path,
    requestId: typeof requestId === 'string' ? requestId : requestIdOf(response),
  });
}

function unexpected(response: Response, path: string, got: string): ApiCallError {
  const type = response.headers.get('content-type') ?? 'no content type';
  const what = 'status ' + String(response.status) + ', ' + type + ": '" + got.slice(0, 200) + "'";
  return new ApiCallError(path + ': expected an answer of api-deploy, got ' + what, {
    code: 'UNEXPECTED_ANSWER',
    status: response.status,
    endpoint: path,
    requestId: requestIdOf(response),
  });
}

function requestIdOf(response: Response): string | undefined {
  return response.headers.get('x-request-id') ?? undefined;
}

/** The items of a stream: a line of JSON for each, then one that says how it ended. */
async function* readItems<T>(response: Response, path: string): AsyncGenerator<T, void, undefined> {
  for await (const line of readLines(response)) {
    const event = parseJson(line);
    if (!isRecord(event)) throw unexpected(response, path, line);
    if ('data' in event) yield event['data'] as T;
    else if (event['done'] === true) return;
    else throw toFailure(event['error'], response, path) ?? unexpected(response, path, line);
  }
  throw unexpected(response, path, 'a stream that ended before it was done');
}

async function* readLines({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const text: string = done ? decoder.decode() : decoder.decode(value, { stream: true });
    const [first = '', ...more] = text.split('\n');
    const lines = [rest + first, ...more];
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
    if (!done) continue;
    if (rest !== '') yield rest;
    return;
  }
}

function isType(response: Response, type: string): boolean {
  return (response.headers.get('content-type') ?? '').toLowerCase().startsWith(type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
`;
