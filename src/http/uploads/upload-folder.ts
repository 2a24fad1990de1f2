import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The files of one request, in a folder that nobody else may enter. */
export interface UploadFolder {
  /** Writes a file as it comes. The `File` reads from the disk, when it is read. */
  write(content: Readable, about: { readonly name: string; readonly type: string }): Promise<File>;
  /** Removes everything; reading from the files fails from then on. Never rejects. */
  remove(): Promise<void>;
}

/** Names whose folder it is: processes of several machines or containers may share the temporary folder. */
const host = hostname().replaceAll(/[^\w.]/g, '_') || 'localhost';

/** `api-deploy-upload-<host>-<process id>-`, then six characters */
export function uploadFolderPrefix(pid: number = process.pid): string {
  return `api-deploy-upload-${host}-${pid}-`;
}

/** The folder is made with its first file. `onError` hears of what could not be removed. */
export function createUploadFolder(onError: (error: unknown) => void): UploadFolder {
  let made: Promise<string> | undefined;
  let files = 0;
  return {
    async write(content, { name, type }) {
      made ??= mkdtemp(join(tmpdir(), uploadFolderPrefix()));
      const file = join(await made, String(++files));
      await pipeline(content, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      return new File([await openAsBlob(file)], name, { type });
    },
    async remove() {
      try {
        if (made !== undefined) await rm(await made, { recursive: true, force: true });
      } catch (error) {
        onError(error);
      }
    },
  };
}
