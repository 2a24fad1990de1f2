import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { StoredBody } from '../model/result.ts';

/** What a result keeps of a body: its beginning as text where it is text, else as base64. */
export function storeBody(bytes: Buffer, keepBytes: number, contentType?: string): StoredBody {
  return storeBeginning(bytes, { size: bytes.length, sha256: hash('sha256', bytes), keepBytes, contentType });
}

/** The same where only the beginning is at hand. */
export function storeBeginning(
  beginning: Buffer,
  whole: { size: number; sha256: string; keepBytes: number; contentType: string | undefined },
): StoredBody {
  const { size, sha256, keepBytes, contentType } = whole;
  const truncated = size > keepBytes;
  const kept = beginning.length > keepBytes ? beginning.subarray(0, keepBytes) : beginning;
  const text = readText(kept, truncated, contentType);
  return text === undefined
    ? { size, sha256, base64: kept.toString('base64'), truncated }
    : { size, sha256, text, truncated };
}

/** `keepBytes` of a text that is UTF-8 for sure. */
export function storeText(text: string, bytes: Buffer, keepBytes: number): StoredBody {
  if (bytes.length > keepBytes) return storeBody(bytes, keepBytes);
  return { size: bytes.length, sha256: hash('sha256', bytes), text, truncated: false };
}

function readText(kept: Buffer, truncated: boolean, contentType: string | undefined): string | undefined {
  const charset = contentType === undefined ? undefined : otherCharset(contentType);
  if (charset !== undefined) return decoded(kept, charset);
  const whole = truncated ? withoutCutCharacter(kept) : kept;
  return isUtf8(whole) && !whole.includes(0) ? whole.toString() : undefined;
}

/** The charset that a content type names, when it is not UTF-8 or a part of it. */
function otherCharset(contentType: string): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]?.toLowerCase();
  return charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii' ? undefined : charset;
}

function decoded(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function withoutCutCharacter(bytes: Buffer): Buffer {
  // A character has four bytes at most: the last one that begins one is among the last four.
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
