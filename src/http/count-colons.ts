const colon = 0x3a;
const four = 0x3a3a3a3a;
/** All bits of a byte but the highest, in each of four. */
const low = 0x7f7f7f7f;
/** The lowest bit of each of four bytes. */
const ones = 0x01010101;
const none = new Int32Array();

/** Words that can be counted before a byte of the sum overflows. */
const most = 255;

/** How many bytes of a text are colons, those inside of strings too; four are looked at at once. */
export function countColons(bytes: Uint8Array): number {
  const { buffer, byteOffset, length } = bytes;
  const before = Math.min((4 - (byteOffset % 4)) % 4, length);
  // Of few bytes there may be no whole word.
  const words = length < 8 ? none : new Int32Array(buffer, byteOffset + before, (length - before) >>> 2);
  let count = 0;
  for (let at = 0; at < before; at++) if (bytes[at] === colon) count++;
  for (let at = before + words.length * 4; at < length; at++) if (bytes[at] === colon) count++;
  for (let at = 0; at < words.length;) {
    const end = Math.min(at + most, words.length);
    let others = 0;
    const start = at;
    for (; at < end; at++) {
      const word = (words[at] as number) ^ four;
      // The highest bit of each byte that is not zero, so no colon, moved to its lowest.
      others = (others + (((((word & low) + low) | word) >>> 7) & ones)) | 0;
    }
    const different = (others & 255) + ((others >>> 8) & 255) + ((others >>> 16) & 255) + (others >>> 24);
    count += (at - start) * 4 - different;
  }
  return count;
}
