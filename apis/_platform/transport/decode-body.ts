import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { TransportFailure } from './transport-errors.ts';

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

// Node has Zstandard from 22.15 on.
const { zstdDecompress } = zlib as { zstdDecompress?: typeof zlib.gunzip };
const gunzip = promisify(zlib.gunzip) as Decoder;
const inflate = promisify(zlib.inflate) as Decoder;
const inflateRaw = promisify(zlib.inflateRaw) as Decoder;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // Meant is zlib's format, but some services send the bare stream.
  deflate: (bytes, options) =>
    (bytes[0] ?? 0) % 16 === 8 ? inflate(bytes, options) : inflateRaw(bytes, options),
  br: promisify(zlib.brotliDecompress),
  ...(zstdDecompress !== undefined && { zstd: promisify(zstdDecompress) }),
};

/** What requests offer by default. */
export const acceptedEncodings =
  zstdDecompress === undefined ? 'gzip, deflate, br' : 'gzip, deflate, br, zstd';

/**
 * Undoes `content-encoding`. What is not known stays as it came.
 *
 * @param limit bytes that come out at most, so that a small answer cannot fill the memory
 * @throws TransportFailure RESPONSE_TOO_LARGE, INVALID_CONTENT_ENCODING
 */
export async function decodeBody(
  bytes: Buffer,
  options: { encoding: string; limit: number; target: string },
): Promise<Buffer> {
  const { encoding, limit, target } = options;
  let body = bytes;
  // The last one was put on last.
  const layers = encoding.toLowerCase().split(',').reverse();
  if (layers.length > 8) throw invalid('it names more than 8 encodings');
  for (const layer of layers) {
    const decoder = decoders[layer.trim()];
    if (decoder === undefined) continue;
    try {
      body = await decoder(body, { maxOutputLength: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new TransportFailure('RESPONSE_TOO_LARGE', { target, limit });
      throw invalid((error as Error).message);
    }
  }
  return body;

  function invalid(reason: string): TransportFailure {
    return new TransportFailure('INVALID_CONTENT_ENCODING', { target, encoding, reason });
  }
}
