import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DirectIncoming } from './direct-incoming.ts';

/** What `node:http` keeps in an answer. It has no public names for it, and has had these since its first versions. */
interface Internals {
  _header: string | null;
  _headerSent: boolean;
  finished: boolean;
}

/** A response that can go out as one piece of text, without being put together from a list of headers. */
export class DirectResponse extends ServerResponse<DirectIncoming> {
  /**
   * Sends head and body at once: one write instead of two that are joined. False when that cannot be done, because
   * an earlier answer of the connection is still being sent; nothing has happened then.
   *
   * `head` ends with the empty line. `ascii`: the body has no other characters, which saves work.
   */
  sendWhole(head: string, body: string, ascii: boolean): boolean {
    const socket: (Socket & { _httpMessage?: unknown }) | null = this.socket;
    if (socket === null || socket._httpMessage !== this || !socket.writable || this.headersSent) return false;
    const own = this as unknown as Internals;
    own._header = head;
    own._headerSent = true;
    own.finished = true;
    socket.write(head + body, ascii ? 'latin1' : 'utf8', () => this.emit('finish'));
    return true;
  }
}
