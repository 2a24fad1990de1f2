import type { LogFields, LogLevel, LogPort, RequestLine } from '../../src/contract/log-port.ts';

export interface MemoryLine {
  readonly kind: 'request' | 'error' | 'system' | 'auth' | 'call';
  readonly level?: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface MemoryLog extends LogPort {
  readonly lines: readonly MemoryLine[];
  of(kind: MemoryLine['kind']): readonly MemoryLine[];
}

/** A log that keeps its lines. */
export function createMemoryLog(): MemoryLog {
  const lines: MemoryLine[] = [];
  return {
    lines,
    of: (kind) => lines.filter((line) => line.kind === kind),
    request: (line: RequestLine) => void lines.push({ kind: 'request', message: '', fields: { ...line } }),
    loggable: (body) => structuredClone(body),
    error: (message, fields = {}) => void lines.push({ kind: 'error', message, fields }),
    system: (level, message, fields = {}) => void lines.push({ kind: 'system', level, message, fields }),
    auth: (level, message, fields = {}) => void lines.push({ kind: 'auth', level, message, fields }),
    call: (level, message, fields = {}) => void lines.push({ kind: 'call', level, message, fields }),
    flush: () => {},
    close: () => Promise.resolve(),
  };
}
