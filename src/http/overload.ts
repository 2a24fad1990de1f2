import type { Config } from '../config/schema.ts';
import type { ApiError } from '../contract/api-error.ts';
import type { Meter, ShedReason } from '../contract/meter.ts';
import { overloaded } from '../contract/overloaded.ts';
import type { Caller } from '../call/call-function.ts';
import { Buffers } from './buffers.ts';

export interface OverloadOptions {
  readonly settings: () => Pick<Config, 'bufferLimit' | 'maxConcurrentCalls' | 'maxEventLoopLag'>;
  readonly caller: Pick<Caller, 'running'>;
  readonly meter: Meter;
  /** How late the event loop was lately, seconds. */
  readonly eventLoopLag: () => number;
}

/** Whether this process has room for one more call. */
export class Overload {
  readonly buffers: Buffers;
  readonly #options: OverloadOptions;

  constructor(options: OverloadOptions) {
    this.#options = options;
    this.buffers = new Buffers(() => options.settings().bufferLimit);
  }

  /** Before the body is read, so that turning calls away stays cheap. @throws ApiError OVERLOADED */
  refuseCalls(): void {
    const reason = this.reason();
    if (reason === undefined) return;
    this.#options.meter.shed(reason);
    throw this.#refusal(reason);
  }

  /** What there is no room for; undefined while calls are welcome. */
  reason(): Extract<ShedReason, 'calls' | 'buffers' | 'lag'> | undefined {
    const { settings, caller, eventLoopLag } = this.#options;
    const { maxConcurrentCalls, maxEventLoopLag } = settings();
    if (caller.running >= maxConcurrentCalls) return 'calls';
    if (this.buffers.full) return 'buffers';
    return maxEventLoopLag > 0 && eventLoopLag() > maxEventLoopLag ? 'lag' : undefined;
  }

  #refusal(reason: 'calls' | 'buffers' | 'lag'): ApiError {
    const { maxConcurrentCalls, maxEventLoopLag } = this.#options.settings();
    switch (reason) {
      case 'calls':
        return overloaded(
          `${maxConcurrentCalls} calls are running in this process, which is the limit ('maxConcurrentCalls')`,
        );
      case 'buffers':
        return this.buffers.refusal();
      case 'lag':
        return overloaded(
          `the process runs ${Math.round(this.#options.eventLoopLag() * 1000)} ms late, and 'maxEventLoopLag' allows ${maxEventLoopLag * 1000} ms`,
        );
      default: {
        const check: never = reason;
        return check;
      }
    }
  }
}
