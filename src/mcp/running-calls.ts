/** Whose call it is: request ids are unique within one client's session only. */
export interface CallKey {
  /** `Principal.id` */
  readonly principal: string;
  readonly session: string;
  readonly request: string | number;
}

/** Calls that may be cancelled by a message of their own. */
export interface RunningCalls {
  start(key: CallKey): RunningCall;
  /** Aborts the call's signal; a call that is not there has ended already. */
  cancel(key: CallKey): void;
}

export interface RunningCall {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/**
 * Clients of the revisions up to 2025-11-25 cancel by `notifications/cancelled`, which comes as another
 * request. Nothing else is remembered about them: the session id that they were given only says which
 * calls are theirs.
 */
export function createRunningCalls(): RunningCalls {
  const running = new Map<string, AbortController>();
  return {
    start(key) {
      const text = toText(key);
      const controller = new AbortController();
      running.set(text, controller);
      return {
        signal: controller.signal,
        end() {
          if (running.get(text) === controller) running.delete(text);
        },
      };
    },
    cancel: (key) => running.get(toText(key))?.abort(),
  };
}

/** `1` and `'1'` are two ids. */
function toText({ principal, session, request }: CallKey): string {
  return JSON.stringify([principal, session, request]);
}
