import type { ReportedRun, Reporter, ReportOptions } from './reporter.ts';

/**
 * A report as an answer that is written while the client reads it. A client that leaves ends the work; an error in
 * the middle breaks the answer off, so that no cut report looks whole.
 */
export function toReportResponse(
  reporter: Reporter,
  run: ReportedRun,
  options: ReportOptions = {},
): Response {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const sink = {
    async write(text: string) {
      await writer.ready;
      await writer.write(encoder.encode(text));
    },
  };
  reporter.write(run, sink, options).then(
    () => writer.close().catch(() => undefined),
    (error: unknown) => writer.abort(error).catch(() => undefined),
  );
  const kind = reporter.name === 'html' ? 'inline' : 'attachment';
  const file = `run-${run.head.id ?? 'report'}.${reporter.extension}`;
  return new Response(readable, {
    headers: {
      'content-type': reporter.contentType,
      'content-disposition': `${kind}; filename="${file}"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
}
