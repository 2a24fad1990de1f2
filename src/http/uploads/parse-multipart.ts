import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { ApiError } from '../../contract/api-error.ts';

/** One part of a form. Its content must be read to its end. */
export interface Part {
  readonly name: string;
  /** Undefined for a text field; '' for a file field in which nothing was chosen. */
  readonly fileName: string | undefined;
  /** Its content type in lower case, without parameters; `text/plain` unless it has one. */
  readonly type: string;
  readonly content: Readable;
}

export interface ParseOptions {
  /** The `Content-Type` of the request. */
  readonly contentType: string;
  readonly onPart: (part: Part) => Promise<void>;
}

/** Files and fields of one form. */
const mostParts = 100;
/** Bytes of the headers of one part. */
const longestHeaders = 16_384;
/** RFC 2046, 5.1.1: 1 to 70 characters. */
const boundary = /;\s*boundary\s*=\s*(?:"[^"]{1,70}"|[^\s";]{1,70}\s*(?:;|$))/i;

/**
 * Takes a `multipart/form-data` body apart (RFC 7578) while it comes: reads no faster than `onPart` does.
 * Rejects with the first thing that goes wrong, after every `onPart` has ended.
 *
 * @throws ApiError INVALID_REQUEST for what is no such form, PAYLOAD_TOO_LARGE for more than 100 parts, and
 * whatever `chunks` and `onPart` throw
 */
export async function parseMultipart(
  chunks: AsyncIterable<Uint8Array>,
  { contentType, onPart }: ParseOptions,
): Promise<void> {
  const parser = createParser(contentType);
  const contents: Readable[] = [];
  const work: Promise<void>[] = [];
  let fail: (reason: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {});
  const finished = once(parser, 'finish');
  finished.catch(() => {});
  parser.on('error', (cause) => fail(malformed('it ends too early, or in the middle of a part', cause)));
  parser.on('partsLimit', () => fail(tooManyParts()));
  parser.on('file', (...[name, content, fileName, , type]: FileEvent) => {
    contents.push(content);
    // Broken parts break the parser too, which says so above; a stream's error must have a listener.
    content.on('error', () => {});
    const part = toPart(name, { content, fileName, type });
    work.push(Promise.resolve(part).then(onPart).catch(fail));
  });
  try {
    await feed(parser, chunks, failure);
    parser.end();
    await Promise.race([finished, failure]);
    await Promise.race([Promise.all(work), failure]);
  } finally {
    // What was not read to its end must end too, so that nothing is written any more. With an error: whoever
    // begins to read a part that was broken and destroyed without one waits for ever.
    const stopped = malformed('it was given up');
    for (const content of contents) content.destroy(stopped);
    await Promise.all(work);
    parser.destroy();
  }
}

/** As the parser's `file` event has it; its own types leave out that name and file name may be missing. */
type FileEvent = [
  name: string | undefined,
  content: Readable,
  fileName: string | undefined,
  encoding: string,
  type: string,
];

function createParser(contentType: string): BusboyInstance {
  if (!boundary.test(contentType)) {
    const got = contentType.slice(0, 100);
    throw malformed(`expected a Content-Type 'multipart/form-data; boundary=…', got '${got}'`);
  }
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Every part as a stream of bytes: whether it is a file depends on the function.
      isPartAFile: () => true,
      limits: { parts: mostParts, headerPairs: 20, headerSize: longestHeaders },
    });
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'its Content-Type is wrong', cause);
  }
}

/** Not `for await`: a failure must be heard at once, not with the next chunk of a slow client. */
async function feed(
  parser: BusboyInstance,
  chunks: AsyncIterable<Uint8Array>,
  failure: Promise<never>,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), failure]);
      if (step.done === true) return;
      if (!parser.write(step.value)) await Promise.race([once(parser, 'drain'), failure]);
    }
  } finally {
    iterator.return?.().catch(() => {});
  }
}

function toPart(name: string | undefined, part: Omit<Part, 'name'>): Promise<Part> | Part {
  if (name === undefined || name === '') return Promise.reject(malformed('a part has no name'));
  return { name, ...part };
}

function malformed(problem: string, cause?: unknown): ApiError {
  return new ApiError('INVALID_REQUEST', `The form cannot be read: ${problem}`, { cause });
}

function tooManyParts(): ApiError {
  return new ApiError('PAYLOAD_TOO_LARGE', `The form has too many parts: expected at most ${mostParts}`);
}
