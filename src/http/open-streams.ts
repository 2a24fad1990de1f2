import type { Config } from '../config/schema.ts';
import { ApiError } from '../contract/api-error.ts';
import { isEnding, type ServiceState } from './service-state.ts';

/** Streams that may never end by themselves; while the service stops, they get an end. */
export interface OpenStreams {
  add(stream: StoppableStream): void;
}

interface StoppableStream {
  readonly ended: Promise<void>;
  stop(reason: ApiError): void;
}

export interface OpenStreamsOptions {
  readonly state: () => ServiceState;
  readonly settings: () => Pick<Config, 'shutdownTimeout'>;
}

/** How often the state is looked at while streams are open. Milliseconds. */
const interval = 50;
/** How long a stream may go on at most while the service stops. Seconds. */
const longestGrace = 5;

/**
 * Once the service stops, streams go on for half of `shutdownTimeout`, 5 s at most: time for those that are
 * nearly done. Then they are stopped, early enough that their clients hear why before the connections are cut.
 */
export function createOpenStreams({ state, settings }: OpenStreamsOptions): OpenStreams {
  const open = new Set<StoppableStream>();
  let timer: NodeJS.Timeout | undefined;
  let stopAt: number | undefined;

  const look = (): void => {
    if (!isEnding(state())) return;
    stopAt ??= performance.now() + Math.min(settings().shutdownTimeout / 2, longestGrace) * 1000;
    if (performance.now() < stopAt) return;
    const reason = new ApiError('SHUTTING_DOWN', 'The service is shutting down and ends its streams');
    for (const stream of open) stream.stop(reason);
  };

  return {
    add(stream) {
      open.add(stream);
      timer ??= setInterval(look, interval).unref();
      void stream.ended.then(() => {
        open.delete(stream);
        if (open.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}
