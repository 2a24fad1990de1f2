import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** Is told of a body by the parser, which is still at work then. */
export interface BodyListener {
  onChunk(bytes: number): void;
  onWhole(): void;
  /** The connection ended before the body did. */
  onLeft(): void;
}

/**
 * A request whose body can be taken as it comes from the parser, past the machinery of streams, which costs more than
 * reading, checking and answering a small call. Until `collect` is called it is an ordinary one.
 *
 * What is overridden is documented by Node (`push`, `_destroy`, `readableEnded`), or only saves time (`_dump`).
 */
export class DirectIncoming extends IncomingMessage {
  /** Pieces of the body; undefined for an ordinary request. */
  private collected: Buffer[] | undefined;
  private whole: boolean;
  private listener: BodyListener | undefined;

  constructor(socket: Socket) {
    super(socket);
    this.collected = undefined;
    this.whole = false;
    this.listener = undefined;
  }

  /** Keeps what comes of the body until `giveUp` is called. */
  collect(listener: BodyListener): void {
    this.collected = [];
    this.listener = listener;
  }

  /** The pieces of the whole body, when it has come. */
  wholeBody(): readonly Buffer[] | undefined {
    return this.whole ? this.collected : undefined;
  }

  /** The body was read: its connection, which keeps this until the next request, need not keep that too. */
  forgetBody(): void {
    this.collected = [];
  }

  /** Makes it an ordinary request, whose body is read as a stream. */
  giveUp(): void {
    const { collected = [], whole } = this;
    this.collected = undefined;
    this.whole = false;
    for (const chunk of collected) super.push(chunk);
    if (whole) super.push(null);
  }

  /** Whether nothing of the body is left to be read. */
  get isRead(): boolean {
    return this.whole;
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.collected === undefined) return super.push(chunk, encoding);
    if (chunk === null) {
      this.whole = true;
      this.listener?.onWhole();
    } else {
      this.collected.push(chunk as Buffer);
      this.listener?.onChunk((chunk as Buffer).length);
    }
    return true;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.collected !== undefined && !this.whole) this.listener?.onLeft();
    super._destroy(error, callback);
  }

  /** `node:http` empties what nobody has read; here nothing is left. */
  _dump(): void {
    if (!this.whole) (IncomingMessage.prototype as unknown as { _dump(): void })._dump.call(this);
  }
}

const inherited = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded');

/** `node:http` lets go of a request when this is true. TypeScript takes it for a field, which has no getter. */
Object.defineProperty(DirectIncoming.prototype, 'readableEnded', {
  get(this: DirectIncoming): boolean {
    return this.isRead || inherited?.get?.call(this) === true;
  },
});
