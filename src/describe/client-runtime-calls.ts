/** How the client sends arguments and reads answers; see `client-runtime.ts`. */
export const clientCalls = String.raw`
/** What each function of the client is made of. */
interface Calls {
  value<T>(path: string, args: object | undefined, options: CallOptions | undefined): Promise<T>;
  stream<T>(
    path: string,
    args: object | undefined,
    options: CallOptions | undefined,
  ): AsyncGenerator<T, void, undefined>;
  response(path: string, args: object | undefined, options: CallOptions | undefined): Promise<Response>;
  /** A function that has the members of a module of the same name. */
  withMembers<T extends (...args: never) => unknown>(
    call: (...args: Parameters<T>) => ReturnType<T>,
    members: Members<T>,
  ): T;
}

type Members<T> = { readonly [K in keyof T]: T[K] };

function createCalls(client: ClientOptions): Calls {
  return {
    async value<T>(path: string, args: object | undefined, options: CallOptions = {}): Promise<T> {
      const exchange = startExchange(client, options);
      try {
        const response = await send(client, options, { path, args, accept: 'application/json', exchange });
        return (await readData(response, path)) as T;
      } finally {
        exchange.stopTimer();
      }
    },
    async *stream<T>(path: string, args: object | undefined, options: CallOptions = {}) {
      const exchange = startExchange(client, options);
      try {
        const accept = 'application/x-ndjson';
        const response = await send(client, options, { path, args, accept, exchange });
        if (!response.ok || !isType(response, accept)) throw await toError(response, path);
        exchange.stopTimer();
        yield* readItems<T>(response, path);
      } finally {
        exchange.stopTimer();
        // Whoever leaves the loop early tells the service to stop.
        exchange.abort();
      }
    },
    async response(path, args, options = {}) {
      const exchange = startExchange(client, options);
      try {
        const response = await send(client, options, { path, args, accept: '*/*', exchange });
        if (!response.ok && isType(response, 'application/json')) {
          const failure = toFailure(parseJson(await response.clone().text()), response, path);
          if (failure !== undefined) throw failure;
        }
        return response;
      } finally {
        exchange.stopTimer();
      }
    },
    withMembers<T>(call: object, members: Members<T>): T {
      // Not assigned: a function's own name and length are read-only.
      return Object.defineProperties(call, Object.getOwnPropertyDescriptors(members)) as T;
    },
  };
}

/** The life of one call. */
interface Exchange {
  readonly signal: AbortSignal;
  stopTimer(): void;
  abort(): void;
}

function startExchange(client: ClientOptions, { signal, timeoutMs = client.timeoutMs }: CallOptions): Exchange {
  const own = new AbortController();
  const expire = (): void => {
    own.abort(new DOMException('No answer within ' + String(timeoutMs) + ' ms', 'TimeoutError'));
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]),
    stopTimer: () => clearTimeout(timer),
    abort: () => own.abort(),
  };
}

async function send(
  client: ClientOptions,
  options: CallOptions,
  about: {
    readonly path: string;
    readonly args: object | undefined;
    readonly accept: string;
    readonly exchange: Exchange;
  },
): Promise<Response> {
  const headers = new Headers(client.headers);
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  headers.set('accept', about.accept);
  const given = options.token ?? client.token;
  const token = typeof given === 'function' ? await given() : given;
  const body = toRequestBody(token, { ...about.args });
  // The boundary of a form is known to fetch alone.
  if (typeof body === 'string') headers.set('content-type', 'application/json');
  else headers.delete('content-type');
  const url = String(client.baseUrl).replace(/\/+$/, '') + about.path;
  return await fetch(url, { method: 'POST', headers, body, signal: about.exchange.signal });
}

/** JSON, or a form when there are files among the arguments. */
function toRequestBody(token: string | undefined, args: Record<string, unknown>): string | FormData {
  const entries = Object.entries(args).map(([name, value]) => ({ name, value, files: filesOf(value) }));
  if (entries.every(({ files }) => files.length === 0)) {
    return toJson(token === undefined ? { body: args } : { token, body: args });
  }
  const form = new FormData();
  // First, so that a refused call ends before its files are read.
  if (token !== undefined) form.append('token', token);
  const rest = entries.filter(({ files }) => files.length === 0);
  form.append('body', toJson(Object.fromEntries(rest.map(({ name, value }) => [name, value]))));
  for (const { name, files } of entries) for (const file of files) form.append(name, file);
  return form;
}

/** Of a file, or of a list that has nothing else. */
function filesOf(value: unknown): readonly Blob[] {
  if (value instanceof Blob) return [value];
  const list: unknown[] = Array.isArray(value) || value instanceof Set ? Array.from<unknown>(value) : [];
  return list.every((element) => element instanceof Blob) ? (list as Blob[]) : [];
}

/** JSON in the form that the service reads rich values in. */
function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, replaced: unknown) {
    const original = this[key];
    if (typeof original === 'bigint') return original.toString();
    if (typeof original === 'number' && !Number.isFinite(original)) throw cannotSend(key, original);
    if (typeof original !== 'object' || original === null) return replaced;
    if (original instanceof Date) {
      if (Number.isNaN(original.getTime())) throw cannotSend(key, original);
      return original.toISOString();
    }
    if (original instanceof Map || original instanceof Set) return Array.from<unknown>(original);
    if (original instanceof ArrayBuffer) return toBase64(new Uint8Array(original));
    if (ArrayBuffer.isView(original)) {
      return toBase64(new Uint8Array(original.buffer, original.byteOffset, original.byteLength));
    }
    return replaced;
  });
}

function cannotSend(key: string, value: unknown): TypeError {
  return new TypeError(key + ": expected a value that JSON can carry, got '" + String(value) + "'");
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
`;
