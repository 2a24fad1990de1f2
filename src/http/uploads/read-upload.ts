import type { Readable } from 'node:stream';
import { ApiError } from '../../contract/api-error.ts';
import type { Signature } from '../../contract/signature.ts';
import { payloadTooLarge } from '../body-refusals.ts';
import { parseJson } from '../parse-json.ts';
import { fileSlot } from './file-slots.ts';
import type { Part } from './parse-multipart.ts';
import { placeFiles, type PlacedFile } from './place-files.ts';
import type { UploadFolder } from './upload-folder.ts';

/** A form as `{token, body}`. */
export interface Upload {
  /** Of the part `token`. */
  readonly token: string | undefined;
  /** With a `File` wherever a part brought one. */
  readonly body: unknown;
  /** The same for the log: files by name, type and size. */
  readonly loggable: unknown;
}

export interface UploadOptions {
  readonly contentType: string;
  readonly signature: Signature;
  readonly folder: UploadFolder;
  /** Bytes of the part `body`. */
  readonly bodyLimit: number;
  /** Hears the token as soon as it is there; what it throws ends the reading. */
  readonly onToken: (token: string) => void;
  /** Hears of each file before it is written; what it throws ends the reading. */
  readonly onFile: () => void;
}

/** Bytes; longer texts are no tokens. */
const longestToken = 8_192;
/** What no name may hold, as in JSON bodies. */
const forbidden = /(?:^|\.)(?:__proto__|constructor)(?:\.|$)/;

/**
 * Reads a form: the parts `token` and `body` (JSON), and one part per file, named for its parameter or, with
 * dots, for a property further in. Files go to `folder`, which the caller removes, also when this throws.
 *
 * @throws ApiError INVALID_REQUEST, INVALID_JSON, PAYLOAD_TOO_LARGE, and what `chunks` and the hooks throw
 */
export async function readUpload(chunks: AsyncIterable<Uint8Array>, options: UploadOptions): Promise<Upload> {
  const form = new Form(options);
  const { contentType } = options;
  // The parser comes with the first form: few services are ever sent one.
  const { parseMultipart } = await import('./parse-multipart.ts');
  await parseMultipart(chunks, { contentType, onPart: (part) => form.take(part) });
  return form.toUpload();
}

class Form {
  readonly #options: UploadOptions;
  readonly #files: PlacedFile[] = [];
  readonly #texts = new Map<'token' | 'body', Uint8Array>();
  /** The texts that came so far are read; parts that arrive together are taken together. */
  #textsRead: Promise<unknown> = Promise.resolve();

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  async take(part: Part): Promise<void> {
    const { name, fileName, content } = part;
    if (forbidden.test(name)) throw invalid(`the name '${name}' is not accepted`);
    const slot = fileSlot(this.#options.signature, name);
    const ofEnvelope = name === 'token' || name === 'body';
    // A function may well have a file parameter `body`; the JSON is a text field then.
    if (ofEnvelope && (slot === undefined || fileName === undefined)) {
      const reading = this.#takeText(name, content);
      this.#textsRead = Promise.allSettled([this.#textsRead, reading]);
      await reading;
    } else if (slot === undefined && fileName === undefined) throw unexpected(name);
    else await this.#takeFile(part, slot ?? { path: [name], many: false });
  }

  toUpload(): Upload {
    const token = this.#texts.get('token');
    const json = this.#texts.get('body');
    const body = json === undefined ? undefined : parseJson(json).value;
    const files = this.#files.filter(({ file }) => file !== undefined);
    return {
      token: token === undefined ? undefined : toText(token),
      body: placeFiles(body, files),
      loggable: placeFiles(body, files.map(toLoggable)),
    };
  }

  async #takeText(name: 'token' | 'body', content: Readable): Promise<void> {
    if (this.#texts.has(name)) throw invalid(`the part '${name}' came twice`);
    this.#texts.set(name, new Uint8Array());
    const { bodyLimit, onToken } = this.#options;
    const text = await readText(content, name === 'body' ? bodyLimit : longestToken);
    if (text === undefined) {
      if (name === 'token') throw invalid(`the part 'token' is longer than ${longestToken} bytes`);
      throw payloadTooLarge(bodyLimit, {
        key: 'bodyLimit',
        got: `more than ${bodyLimit} in the part 'body'`,
      });
    }
    this.#texts.set(name, text);
    if (name === 'token') onToken(toText(text));
  }

  async #takeFile({ name, fileName, type, content }: Part, slot: PlacedFile['slot']): Promise<void> {
    if (fileSlot(this.#options.signature, name) === undefined) {
      // The validator names it among all other problems; its content is of no use.
      content.resume();
      this.#files.push({ slot, file: new File([], fileName ?? name) });
      return;
    }
    // Parts end in any order, but are a list in the order in which they began.
    const index = this.#files.push({ slot, file: undefined }) - 1;
    // A token before the file counts before it.
    await this.#textsRead;
    this.#options.onFile();
    const file = await this.#options.folder.write(content, { name: fileName || name, type });
    // A page sends an empty file without a name for a field in which nothing was chosen.
    if (fileName !== '' || file.size > 0) this.#files[index] = { slot, file };
  }
}

/** Undefined when there is more than `limit`. */
async function readText(content: Readable, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function toLoggable({ slot, file }: PlacedFile): PlacedFile {
  const { name, type, size } = file as File;
  return { slot, file: { name, type, size } };
}

function unexpected(name: string): ApiError {
  return invalid(
    `expected the parts 'token', 'body' and files, got '${name.slice(0, 64)}'; parameters that are no files go inside 'body', as JSON`,
  );
}

function invalid(problem: string): ApiError {
  return new ApiError('INVALID_REQUEST', `The form cannot be used: ${problem}`);
}
