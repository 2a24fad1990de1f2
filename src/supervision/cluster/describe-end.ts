import type { WorkerEnd, WorkerProcess } from './worker-process.ts';

const callsNamed = 3;

/** `worker 4711 ended (SIGSEGV) while 2 calls ran: /a/b, /c/d; another one takes its place` */
export function describeEnd({ pid, killedFor }: WorkerProcess, { code, signal, record }: WorkerEnd): string {
  const how = killedFor === undefined ? howEnded(code, signal) : `was ended, because ${killedFor},`;
  const { calls, loading } = record;
  const names = calls.map(({ endpoint }) => endpoint);
  const named = names.slice(0, callsNamed).join(', ');
  const more = names.length > callsNamed ? ` and ${names.length - callsNamed} more` : '';
  const ran =
    names.length === 0
      ? 'while no call ran'
      : `while ${names.length} call${names.length === 1 ? '' : 's'} ran: ${named}${more}`;
  const loaded = loading.length === 0 ? '' : `, loading ${loading.slice(0, callsNamed).join(', ')}`;
  return `worker ${pid} ${how} ${ran}${loaded}; another one takes its place`;
}

/** V8 aborts when the heap is full. */
function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGABRT') return 'ended (SIGABRT: out of memory, or process.abort)';
  return `ended (${signal ?? `code ${code}`})`;
}
