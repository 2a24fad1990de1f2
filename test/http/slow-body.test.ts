import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { toApiError } from '../../src/contract/api-error.ts';
import { readBytes } from '../../src/http/read-bytes.ts';
import { readChunks } from '../../src/http/read-chunks.ts';
import { openConnection } from './raw-connection.ts';

/** What `read` makes of a body that the client sends in `pieces`, with a pause after each. */
async function readSlowly(
  read: (incoming: IncomingMessage) => Promise<unknown>,
  pieces: readonly string[],
): Promise<unknown> {
  let tell: (result: unknown) => void = () => {};
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  const server = createServer((incoming, outgoing) => {
    void read(incoming)
      .catch((thrown: unknown) => toApiError(thrown))
      .then((result) => {
        tell(result);
        outgoing.end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = await openConnection((server.address() as AddressInfo).port);
  connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n');
  for (const piece of pieces) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    connection.send(piece);
  }
  const result = await told;
  connection.socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return result;
}

const whole = (patience: number) => async (incoming: IncomingMessage) =>
  Buffer.from(await readBytes(incoming, { limit: 10, patience })).toString();

const pieceByPiece = (patience: number) => async (incoming: IncomingMessage) => {
  let text = '';
  for await (const chunk of readChunks(incoming, { limit: 10, patience })) {
    text += Buffer.from(chunk).toString();
  }
  return text;
};

const tooLate = { code: 'INVALID_REQUEST', status: 408 };

test('a whole body must arrive within its time', async () => {
  expect(await readSlowly(whole(5_000), ['ab', 'cd', 'ef'])).toBe('abcdef');
  expect(await readSlowly(whole(100), ['ab', 'cd'])).toMatchObject(tooLate);
  expect(await readSlowly(whole(50), [])).toMatchObject(tooLate);
});

test('a body that is read piece by piece may take its time, as long as something comes', async () => {
  expect(await readSlowly(pieceByPiece(1_000), ['ab', 'cd', 'ef'])).toBe('abcdef');
  expect(await readSlowly(pieceByPiece(100), ['ab', 'cd'])).toMatchObject(tooLate);
  expect(await readSlowly(pieceByPiece(50), [])).toMatchObject(tooLate);
});
