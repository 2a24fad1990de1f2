import type { CallContext, CallLogger } from '../contract/call-context.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { CallRequest } from './call-request.ts';

/** The context of one call, and the way to end its signal. */
export interface RunningContext {
  readonly context: CallContext;
  /** The signal, when the function has asked for it; otherwise nothing can depend on it. */
  readonly signal: AbortSignal | undefined;
  /** The deadline passed. */
  abort(reason: unknown): void;
  /** The function ended: let go of the client's signal. */
  close(): void;
}

/** The signal is made when the function first reads it: most functions never do, and then pay nothing. */
export function createContext(request: CallRequest, logs: LogPort): RunningContext {
  const { endpoint, generation, principal, requestId } = request;
  let controller: AbortController | undefined;
  let ended: { readonly reason: unknown } | undefined;
  let unlink = (): void => {};

  const openSignal = (): AbortSignal => {
    if (controller !== undefined) return controller.signal;
    const own = new AbortController();
    controller = own;
    const client = request.signal;
    const leave = (): void => own.abort(client?.reason);
    if (ended !== undefined) own.abort(ended.reason);
    else if (client?.aborted === true) leave();
    else if (client !== undefined) {
      client.addEventListener('abort', leave, { once: true });
      unlink = () => client.removeEventListener('abort', leave);
    }
    return own.signal;
  };

  const context: CallContext = {
    requestId,
    endpoint: endpoint.path,
    principal,
    generation,
    log: createCallLogger(logs, { requestId, endpoint: endpoint.path, generation }),
    get signal() {
      return openSignal();
    },
  };
  return {
    context,
    get signal() {
      return controller?.signal;
    },
    abort(reason) {
      ended = { reason };
      controller?.abort(reason);
    },
    close() {
      unlink();
    },
  };
}

function createCallLogger(logs: LogPort, about: Readonly<Record<string, unknown>>): CallLogger {
  return {
    debug: (message, fields) => logs.call('debug', message, { ...fields, ...about }),
    info: (message, fields) => logs.call('info', message, { ...fields, ...about }),
    warn: (message, fields) => logs.call('warn', message, { ...fields, ...about }),
    error: (message, fields) => logs.call('error', message, { ...fields, ...about }),
  };
}
