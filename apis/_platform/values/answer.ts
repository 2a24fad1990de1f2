import type { Json } from '../model/json.ts';
import type { Exchange } from '../model/transport.ts';

/** An answer as checks see it; text and JSON are read when they are first asked for. */
export class Answer {
  readonly status: number;
  readonly headers: readonly [name: string, value: string][];
  /** Milliseconds. */
  readonly time: number;
  /** Bytes of the whole body, decompressed. */
  readonly size: number;
  readonly certificateDays: number | undefined;
  readonly #body: Uint8Array;
  #text: string | undefined;
  #json: { value: Json } | { problem: string } | undefined;

  constructor({ response, body, timings }: Exchange) {
    this.status = response?.status ?? 0;
    this.headers = response?.headers ?? [];
    this.time = timings.total;
    this.size = response?.body?.size ?? body?.byteLength ?? 0;
    this.certificateDays = response?.certificate?.days;
    this.#body = body ?? new Uint8Array();
  }

  /** All values of a header, joined by `, `. */
  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  headerValues(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.headers.filter(([header]) => header.toLowerCase() === wanted).map(([, value]) => value);
  }

  get text(): string {
    this.#text ??= this.#decode();
    return this.#text;
  }

  /** Whether the body is larger than what checks get to see. */
  get cutOff(): boolean {
    return this.#body.byteLength < this.size;
  }

  get json(): { value: Json } | { problem: string } {
    this.#json ??= this.#parse();
    return this.#json;
  }

  #decode(): string {
    const charset = /charset="?([^";\s]+)/i.exec(this.header('content-type') ?? '')?.[1];
    try {
      return new TextDecoder(charset).decode(this.#body);
    } catch {
      return new TextDecoder().decode(this.#body);
    }
  }

  #parse(): { value: Json } | { problem: string } {
    if (this.#body.byteLength === 0) return { problem: 'the body is empty, not JSON' };
    try {
      return { value: JSON.parse(this.text) as Json };
    } catch (error) {
      if (this.cutOff) return { problem: `the body of ${this.size} bytes is too large for checks` };
      return { problem: `the body is not JSON: ${(error as Error).message}` };
    }
  }
}
