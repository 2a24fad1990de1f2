import { createHash, hash, randomBytes, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { StoredBody } from '../model/result.ts';
import type { PreparedBody, PreparedPart } from '../model/transport.ts';
import { storeBeginning, storeBody, storeText } from './stored-body.ts';
import { TransportFailure } from './transport-errors.ts';

/** A body that can be sent more than once. */
export interface OutgoingBody {
  /** Bytes; undefined where a file is no ordinary one, which is then sent in chunks. */
  size: number | undefined;
  /** Given by the body itself: a multipart one has its boundary. */
  contentType: string | undefined;
  /** All bytes, or a new stream of them. */
  open(): Buffer | Readable;
  /** Hex digits of its SHA-256. */
  sha256(): string | Promise<string>;
  /** What a result keeps; nothing when it was not sent to its end. */
  stored(keepBytes: number): StoredBody | undefined;
}

type Segment = Buffer | { file: string };

const beginningKept = 1_048_576;

/** @throws TransportFailure FILE_NOT_READABLE */
export async function openBody(body: PreparedBody, contentType: string | undefined): Promise<OutgoingBody> {
  if (body.type === 'text') return textBody(body.text);
  if (body.type === 'file') return streamedBody([{ file: body.file }], undefined);
  const boundary = givenBoundary(contentType) ?? `----api-deploy-${randomBytes(18).toString('base64url')}`;
  const segments = multipartSegments(body.parts, boundary);
  const type = `multipart/form-data; boundary=${boundary}`;
  return segments.every((segment) => Buffer.isBuffer(segment))
    ? bytesBody(Buffer.concat(segments), type)
    : streamedBody(segments, type);
}

/** The body that costs nothing to prepare. */
export function textBody(text: string): OutgoingBody {
  const bytes = Buffer.from(text);
  return {
    size: bytes.length,
    contentType: undefined,
    open: () => bytes,
    sha256: () => hash('sha256', bytes),
    stored: (keepBytes) => storeText(text, bytes, keepBytes),
  };
}

function bytesBody(bytes: Buffer, contentType: string): OutgoingBody {
  return {
    size: bytes.length,
    contentType,
    open: () => bytes,
    sha256: () => hash('sha256', bytes),
    stored: (keepBytes) => storeBody(bytes, keepBytes),
  };
}

async function streamedBody(segments: Segment[], contentType: string | undefined): Promise<OutgoingBody> {
  let sent: Recording | undefined;
  const size = await sizeOf(segments);
  return {
    size,
    contentType,
    open() {
      const recording = new Recording();
      sent = recording;
      return Readable.from(recording.follow(segments));
    },
    async sha256() {
      const digest = createHash('sha256');
      for await (const chunk of chunksOf(segments)) digest.update(chunk);
      return digest.digest('hex');
    },
    stored: (keepBytes) => (sent?.isWhole(size) === true ? sent.stored(keepBytes) : undefined),
  };
}

/** What goes through a streamed body: its hash, its size and its beginning. */
class Recording {
  readonly #hash: Hash = createHash('sha256');
  readonly #beginning: Buffer[] = [];
  #kept = 0;
  #size = 0;
  #ended = false;

  async *follow(segments: Segment[]): AsyncGenerator<Buffer> {
    for await (const chunk of chunksOf(segments)) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
      if (this.#kept < beginningKept) {
        const part = chunk.subarray(0, beginningKept - this.#kept);
        this.#beginning.push(part);
        this.#kept += part.length;
      }
      yield chunk;
    }
    this.#ended = true;
  }

  /** An answer may come before the stream has told that it ended. */
  isWhole(expectedSize: number | undefined): boolean {
    return this.#ended || this.#size === expectedSize;
  }

  stored(keepBytes: number): StoredBody {
    const beginning = Buffer.concat(this.#beginning);
    const whole = { size: this.#size, sha256: this.#hash.copy().digest('hex'), contentType: undefined };
    return storeBeginning(beginning, { ...whole, keepBytes: Math.min(keepBytes, beginningKept) });
  }
}

async function* chunksOf(segments: Segment[]): AsyncGenerator<Buffer> {
  for (const segment of segments) {
    if (Buffer.isBuffer(segment)) {
      yield segment;
      continue;
    }
    try {
      for await (const chunk of createReadStream(segment.file)) yield chunk as Buffer;
    } catch (error) {
      throw notReadable(segment.file, error);
    }
  }
}

async function sizeOf(segments: Segment[]): Promise<number | undefined> {
  const sizes = await Promise.all(
    segments.map(async (segment) => {
      if (Buffer.isBuffer(segment)) return segment.length;
      const found = await stat(segment.file).catch((error: unknown) => {
        throw notReadable(segment.file, error);
      });
      if (found.isDirectory()) throw notReadable(segment.file, new Error('it is a folder'));
      return found.isFile() ? found.size : Number.NaN;
    }),
  );
  const size = sizes.reduce((sum, part) => sum + part, 0);
  return Number.isNaN(size) ? undefined : size;
}

function multipartSegments(parts: readonly PreparedPart[], boundary: string): Segment[] {
  const segments: Segment[] = [];
  for (const part of parts) {
    let head = `--${boundary}\r\ncontent-disposition: form-data; name="${escaped(part.name)}"`;
    if ('file' in part) head += `; filename="${escaped(part.fileName)}"`;
    if (part.contentType !== undefined)
      head += `\r\ncontent-type: ${part.contentType.replace(/[\r\n]+/g, ' ')}`;
    head += '\r\n\r\n';
    if ('file' in part) segments.push(Buffer.from(head), { file: part.file }, Buffer.from('\r\n'));
    else segments.push(Buffer.from(`${head}${part.value}\r\n`));
  }
  segments.push(Buffer.from(`--${boundary}--\r\n`));
  return segments;
}

/** As browsers write names: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escaped(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

function givenBoundary(contentType: string | undefined): string | undefined {
  return contentType === undefined
    ? undefined
    : /^multipart\/[^;]+;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i
        .exec(contentType)
        ?.slice(1)
        .find(Boolean);
}

function notReadable(file: string, error: unknown): TransportFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  return new TransportFailure('FILE_NOT_READABLE', { file, reason: code ?? message });
}
