import { mkdir, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../contract/content-hash.ts';

/** The folder of a store: `<number>.json`, `pins.json`, `owner.json`, and `texts/<hash>`. */
export class GenerationFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Takes the folder for this process. `unclean`: the one before did not end in order. `usedBy`: the process
   * that has it now, which goes on having it.
   *
   * @throws Error when the folder cannot be made or written
   */
  async claim(): Promise<{ readonly unclean: boolean; readonly usedBy?: number }> {
    await mkdir(join(this.path, 'texts'), { recursive: true });
    const before = await this.#read('owner.json');
    const owner = before === undefined ? undefined : ownerOf(before);
    if (owner !== undefined && (await isAnother(owner))) return { unclean: false, usedBy: owner };
    await this.#write('owner.json', JSON.stringify({ pid: process.pid }));
    return { unclean: before !== undefined };
  }

  /** The process ends in order: nothing is left to be written. */
  async release(): Promise<void> {
    await rm(join(this.path, 'owner.json'), { force: true });
  }

  /** Texts of all manifests by their number, lowest first; undefined for one that cannot be read. */
  async manifests(): Promise<ReadonlyMap<number, string | undefined>> {
    const names = (await readdir(this.path)).filter((name) => /^\d+\.json$/.test(name));
    const numbers = names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
    const texts = numbers.map(async (number) => [number, await this.#read(manifestName(number))] as const);
    return new Map(await Promise.all(texts));
  }

  async writeManifest(number: number, text: string): Promise<void> {
    await this.#write(manifestName(number), text);
  }

  async removeManifest(number: number): Promise<void> {
    await rm(join(this.path, manifestName(number)), { force: true });
  }

  readPins(): Promise<string | undefined> {
    return this.#read('pins.json');
  }

  async writePins(text: string): Promise<void> {
    await this.#write('pins.json', text);
  }

  /** Hashes of the texts that are there. */
  async texts(): Promise<string[]> {
    return (await readdir(join(this.path, 'texts'))).filter((name) => /^[0-9a-f]{16}$/.test(name));
  }

  /** Undefined when it is not there, or not what was written. */
  async readText(hash: string): Promise<string | undefined> {
    const text = await this.#read(join('texts', hash));
    return text === undefined || contentHash(text) !== hash ? undefined : text;
  }

  async writeText(hash: string, text: string): Promise<void> {
    await this.#write(join('texts', hash), text);
  }

  async removeText(hash: string): Promise<void> {
    await rm(join(this.path, 'texts', hash), { force: true });
  }

  async #read(name: string): Promise<string | undefined> {
    return await readFile(join(this.path, name), 'utf8').catch(() => undefined);
  }

  /** A crash in the middle leaves what was there before, never half of a file. */
  async #write(name: string, text: string): Promise<void> {
    const file = join(this.path, name);
    const draft = `${file}.${process.pid}.tmp`;
    try {
      await writeFile(draft, text);
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw error;
    }
  }
}

/** Ten digits: in the order of the numbers in every listing. */
function manifestName(number: number): string {
  return `${String(number).padStart(10, '0')}.json`;
}

function ownerOf(text: string): number | undefined {
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown };
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of Node other than this one has the id; after a restart, ids are given to others. */
async function isAnother(pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // Only Linux tells what runs; elsewhere, whoever is alive is taken for one of us.
  const runs = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  return runs === undefined || runs === process.execPath;
}
