import { Disk, type FileSource } from '../../modules/disk.ts';
import type { FileText, SourceFile } from '../../modules/source-file.ts';
import type { Transpiled } from '../../modules/transpile.ts';
import type { Transpiler } from '../../modules/transpile-cache.ts';
import type { CachedChecker } from '../../signatures/cached-checker.ts';
import type { FileSignatures } from '../../signatures/signature-checker.ts';
import type { Peer } from '../../supervision/cluster/peer.ts';
import type { GoodVersions } from './shared-sources.ts';
import { fromWire, type WireLoad, type WireSource, type WireText } from './wire-sources.ts';

/** What a serving process reads, transpiles and derives: asked of its supervisor. */
export class RemoteSources {
  readonly #supervisor: Peer;
  #load: Pick<WireLoad, 'texts' | 'sources'> = nothingHanded;
  /** What to load in place of what is on disk. */
  #good: GoodVersions | undefined;
  readonly #timesRead = new Map<string, number>();

  /** What is held is told by the supervisor. */
  readonly disk: Disk;

  constructor(supervisor: Peer, maxFileSize: () => number) {
    this.#supervisor = supervisor;
    this.disk = new Disk({ maxFileSize, source: this.#files });
  }

  /** A reload begins. */
  begin(load: WireLoad): void {
    this.#load = load;
    this.#timesRead.clear();
  }

  /** What is loaded until `end` is what others serve, whatever is on disk. */
  async from<T>(good: GoodVersions, work: () => Promise<T>): Promise<T> {
    this.#good = good;
    try {
      return await work();
    } finally {
      this.#good = undefined;
    }
  }

  get #files(): FileSource {
    return {
      list: () =>
        this.#good === undefined
          ? this.#supervisor.ask<string[]>('list')
          : Promise.resolve([...this.#good.served]),
      read: async (file, few) => {
        if (this.#good !== undefined) return this.#good.files.get(file);
        const time = this.#timesRead.get(file) ?? 0;
        this.#timesRead.set(file, time + 1);
        const { texts } = this.#load;
        const wire =
          time === 0 && texts.has(file)
            ? texts.get(file)
            : await this.#supervisor.ask<WireText>('read', { file, time, few });
        return fromWire<FileText | undefined>(wire);
      },
    };
  }

  get transpiler(): Transpiler {
    return { transpile: (file, text) => this.#transpile(file, text), close: () => Promise.resolve() };
  }

  get checker(): CachedChecker {
    return {
      derive: async (request) => {
        const known = new Map<string, FileSignatures>();
        for (const file of this.#good === undefined ? [] : request.wanted) {
          const signatures = this.#good?.signatures.get(file);
          if (signatures !== undefined) known.set(file, signatures);
        }
        if (this.#good !== undefined && known.size === request.wanted.length) return known;
        return await this.#supervisor.ask('derive', request);
      },
      warm: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  async #transpile(file: string, text: FileText): Promise<Transpiled> {
    const good = this.#good?.files.get(file);
    const wire =
      good?.hash === text.hash
        ? good
        : (this.#load.sources.get(`${text.hash} ${file}`) ??
          (await this.#supervisor.ask<WireSource>('parse', { file, text: text.text, hash: text.hash })));
    const source = fromWire<SourceFile>(wire);
    if (source instanceof Error) throw source;
    if (source.content.kind === 'json') throw new Error(`'${file}' is JSON, which is not transpiled`);
    return source.content.transpiled;
  }
}

const nothingHanded: Pick<WireLoad, 'texts' | 'sources'> = { texts: new Map(), sources: new Map() };
