/** pino-roll ships no types. This is what we use of it. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  /** A sonic-boom stream whose file is changed by pino-roll. */
  export interface RollingStream extends EventEmitter {
    /** The file written now. */
    readonly file: string;
    readonly fd: number;
    readonly destroyed: boolean;
    write(text: string): boolean;
    reopen(file?: string): void;
    end(): void;
    destroy(): void;
  }

  export interface PinoRollOptions {
    file: string;
    dateFormat?: string;
    frequency?: 'daily' | 'hourly' | number;
    size?: string;
    mkdir?: boolean;
    sync?: boolean;
    minLength?: number;
    maxLength?: number;
  }

  export default function build(options: PinoRollOptions): Promise<RollingStream>;
}
