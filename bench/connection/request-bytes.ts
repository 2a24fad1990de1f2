export interface PostRequest {
  readonly port: number;
  readonly path: string;
  /** Sent as JSON. */
  readonly payload: object;
}

/** A POST as it goes over the wire, made once and sent many times. */
export function requestBytes({ port, path, payload }: PostRequest): Buffer {
  const body = JSON.stringify(payload);
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: keep-alive',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
