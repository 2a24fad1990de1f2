import type { CallContext, CallLogger, Principal } from '../contract/call-context.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { CallRequest } from './call-request.ts';

/** The context of one call, and the way to end its signal. */
export interface RunningContext {
  /** Made when it is first read. */
  readonly context: CallContext;
  /** The signal, when the function has asked for it; otherwise nothing can depend on it. */
  readonly signal: AbortSignal | undefined;
  /** The deadline passed, or nobody wants the result any more. */
  abort(reason: unknown): void;
  /** The function ended: let go of the client's signal. */
  close(): void;
}

/** Context, logger and signal are made when the function first reads them: most never do, and then pay nothing. */
export function createContext(request: CallRequest, logs: LogPort): RunningContext {
  return new Running(request, logs);
}

// Classes with getters on their prototype: an object literal with a getter gets a hidden class of its own
// from V8 on each call, which keeps the whole request alive until a full garbage collection.
class Running implements RunningContext {
  readonly #request: CallRequest;
  readonly #logs: LogPort;
  #context: CallContext | undefined;
  #controller: AbortController | undefined;
  #ended: { readonly reason: unknown } | undefined;
  #leave: (() => void) | undefined;

  constructor(request: CallRequest, logs: LogPort) {
    this.#request = request;
    this.#logs = logs;
  }

  get context(): CallContext {
    this.#context ??= new Context(this.#request, this.#logs, () => this.#openSignal());
    return this.#context;
  }

  get signal(): AbortSignal | undefined {
    return this.#controller?.signal;
  }

  abort(reason: unknown): void {
    this.#ended = { reason };
    this.#controller?.abort(reason);
  }

  close(): void {
    if (this.#leave !== undefined) this.#request.signal?.removeEventListener('abort', this.#leave);
  }

  #openSignal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const own = new AbortController();
    this.#controller = own;
    const client = this.#request.signal;
    const leave = (): void => own.abort(client?.reason);
    if (this.#ended !== undefined) own.abort(this.#ended.reason);
    else if (client?.aborted === true) leave();
    else if (client !== undefined) {
      client.addEventListener('abort', leave, { once: true });
      this.#leave = leave;
    }
    return own.signal;
  }
}

class Context implements CallContext {
  readonly requestId: string;
  readonly endpoint: string;
  readonly principal: Principal;
  readonly generation: number;
  readonly #logs: LogPort;
  readonly #openSignal: () => AbortSignal;
  #log: CallLogger | undefined;

  constructor(request: CallRequest, logs: LogPort, openSignal: () => AbortSignal) {
    this.requestId = request.requestId;
    this.endpoint = request.endpoint.path;
    this.principal = request.principal;
    this.generation = request.generation;
    this.#logs = logs;
    this.#openSignal = openSignal;
  }

  get signal(): AbortSignal {
    return this.#openSignal();
  }

  get log(): CallLogger {
    const { requestId, endpoint, generation } = this;
    this.#log ??= createCallLogger(this.#logs, { requestId, endpoint, generation });
    return this.#log;
  }
}

function createCallLogger(logs: LogPort, about: Readonly<Record<string, unknown>>): CallLogger {
  return {
    debug: (message, fields) => logs.call('debug', message, { ...fields, ...about }),
    info: (message, fields) => logs.call('info', message, { ...fields, ...about }),
    warn: (message, fields) => logs.call('warn', message, { ...fields, ...about }),
    error: (message, fields) => logs.call('error', message, { ...fields, ...about }),
  };
}
