import { createHash } from 'node:crypto';
import type { Decision, Proposal } from '../../registry/agreement.ts';
import { LoadProblem } from '../../modules/load-problem.ts';
import {
  readText,
  readTextNow,
  toSourceFile,
  type FileText,
  type SourceFile,
} from '../../modules/source-file.ts';
import type { DeriveRequest, DeriveResult, FileSignatures } from '../../signatures/signature-checker.ts';
import type { ModuleSources } from '../create-modules.ts';
import { toWireProblem, type WireSource, type WireText } from './wire-sources.ts';

export interface SharedSourcesOptions {
  readonly apisDir: string;
  /** What this process reads, with what is held at an earlier version, transpiles and derives. */
  readonly own: ModuleSources;
}

/** Everything that a new process needs to serve what the others serve. */
export interface GoodVersions {
  readonly generation: number;
  readonly served: readonly string[];
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly signatures: ReadonlyMap<string, FileSignatures>;
}

/**
 * Reads, transpiles and derives once for all processes, and keeps the versions that serve: what one of them
 * was told in a reload, the others are told too.
 */
export class SharedSources {
  readonly #options: SharedSourcesOptions;
  /** Of this reload, by file and how often it was read. */
  readonly #texts = new Map<string, Promise<WireText>>();
  #listing: Promise<string[]> | undefined;
  /** By file and hash. */
  readonly #sources = new Map<string, Promise<WireSource>>();
  readonly #derived = new Map<string, Promise<DeriveResult>>();
  readonly #newSignatures = new Map<string, FileSignatures>();
  /** Hashes of what serves, by file. */
  readonly #good = new Map<string, SourceFile>();
  readonly #served = new Set<string>();
  #accepting: Promise<void> = Promise.resolve();
  readonly #signatures = new Map<string, FileSignatures>();
  /** Versions that end the process that loads them, by file. */
  readonly #deadly = new Map<string, { readonly hash: string; readonly why: string }>();

  constructor(options: SharedSourcesOptions) {
    this.#options = options;
  }

  /** A new reload: all is read anew. */
  begin(): void {
    this.#texts.clear();
    this.#listing = undefined;
    this.#derived.clear();
    this.#newSignatures.clear();
  }

  /** The reload has failed: what did not come may never come, and is asked for anew. */
  giveUp(): void {
    this.begin();
    this.#sources.clear();
  }

  list(): Promise<string[]> {
    this.#listing ??= this.#options.own.disk.list(this.#options.apisDir);
    return this.#listing;
  }

  /** `time`: 0 when a process reads the file for the first time in this reload. */
  read(file: string, { time, few }: { time: number; few: boolean }): Promise<WireText> {
    return kept(this.#texts, `${time} ${file}`, async () => {
      const found = await this.#options.own.disk.read(file, few ? readTextNow : readText);
      return found instanceof LoadProblem ? toWireProblem(found) : found;
    });
  }

  parse(file: string, text: FileText): Promise<WireSource> {
    const key = sourceKey(file, text.hash);
    const deadly = this.#deadly.get(file);
    if (deadly?.hash === text.hash) return Promise.resolve({ problem: deadly.why, place: { file } });
    return kept(this.#sources, key, async () => {
      try {
        return await toSourceFile(file, text, this.#options.own.transpiler);
      } catch (error) {
        if (error instanceof LoadProblem) return toWireProblem(error);
        throw error;
      }
    });
  }

  derive(request: DeriveRequest): Promise<DeriveResult> {
    return kept(this.#derived, requestKey(request), async () => {
      const result = await this.#options.own.checker.derive(request);
      for (const [file, signatures] of result) this.#newSignatures.set(file, signatures);
      return result;
    });
  }

  /** Takes down what serves from now on. */
  accept(decision: Decision, proposals: readonly Proposal[]): Promise<void> {
    const accepting = this.#accept(decision, proposals);
    this.#accepting = accepting.catch(() => {});
    return accepting;
  }

  /** Resolves when all that serves is taken down. */
  accepted(): Promise<void> {
    return this.#accepting;
  }

  /** The version of a file that serves. */
  sourceOf(file: string): SourceFile | undefined {
    return this.#good.get(file);
  }

  /** Files of served modules, sorted. */
  get served(): readonly string[] {
    return [...this.#served].sort();
  }

  /** Files that serve. */
  get files(): ReadonlySet<string> {
    return new Set(this.#good.keys());
  }

  async #accept({ groups, removed }: Decision, proposals: readonly Proposal[]): Promise<void> {
    const sources: Promise<WireSource | undefined>[] = [];
    for (const file of removed) {
      this.#served.delete(file);
      this.#signatures.delete(file);
    }
    for (const { key, files, loaded } of proposals.flatMap((proposal) => proposal.groups)) {
      const decision = groups.get(key);
      if (loaded.length === 0 || (decision !== undefined && decision.kind !== 'accept')) continue;
      // Before anything is awaited: the next reload forgets the texts.
      for (const [file, hash] of files) sources.push(this.#sourceOf(file, hash));
      for (const [file] of loaded) {
        this.#served.add(file);
        const signatures = this.#newSignatures.get(file);
        if (signatures !== undefined) this.#signatures.set(file, signatures);
      }
    }
    for (const source of await Promise.all(sources)) {
      if (source === undefined || !('content' in source)) continue;
      this.#good.set(source.file, source);
      this.#deadly.delete(source.file);
    }
    this.#forgetVersions();
  }

  /** What nobody had to ask for, such as JSON or a version that failed in an earlier reload, is parsed now. */
  #sourceOf(file: string, hash: string): Promise<WireSource | undefined> {
    const known = this.#sources.get(sourceKey(file, hash));
    if (known !== undefined) return known;
    const read = [...this.#texts].flatMap(([key, text]) => (key.endsWith(` ${file}`) ? [text] : []));
    return Promise.all(read).then((texts) => {
      const text = texts.find(
        (found): found is FileText => found !== undefined && 'hash' in found && found.hash === hash,
      );
      return text === undefined ? undefined : this.parse(file, text);
    });
  }

  /** Forgets all files but these. */
  retain(files: ReadonlySet<string>): void {
    for (const file of this.#good.keys()) if (!files.has(file)) this.#good.delete(file);
  }

  good(generation: number): GoodVersions {
    return {
      generation,
      served: this.served,
      files: this.#good,
      signatures: this.#signatures,
    };
  }

  /** These files ended the process that loaded them; their versions are not tried again. */
  async condemn(files: readonly string[], how: string): Promise<void> {
    for (const file of files) {
      const text = await this.#texts.get(`0 ${file}`);
      if (text === undefined || !('hash' in text) || this.#good.get(file)?.hash === text.hash) continue;
      const why = `loading it ended the process (${how}); it is tried again when the file has changed`;
      this.#deadly.set(file, { hash: text.hash, why });
    }
  }

  /** Somebody wants earlier versions of these files: what ended a process is tried once more. */
  forgive(files: Iterable<string>): void {
    for (const file of files) this.#deadly.delete(file);
  }

  /** Versions that neither serve nor were looked at in this reload. */
  #forgetVersions(): void {
    const now = new Set([...this.#good].map(([file, { hash }]) => sourceKey(file, hash)));
    for (const key of this.#sources.keys()) if (!now.has(key)) this.#sources.delete(key);
  }
}

function sourceKey(file: string, hash: string): string {
  return `${hash} ${file}`;
}

function requestKey({ changed, removed, served, wanted, names, typeErrors, quick }: DeriveRequest): string {
  const hash = createHash('sha1');
  for (const [file, text] of changed) hash.update(`${file}\n${text.length}\n${text}\n`);
  const others = { removed, served, wanted, names: [...(names ?? [])], typeErrors, quick };
  return hash.update(JSON.stringify(others)).digest('base64url');
}

/** What has failed is tried anew. */
function kept<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}
