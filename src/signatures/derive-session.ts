import path from 'node:path';
import type { Bodies } from './body-edit.ts';
import { startNativeChecker, type FileChanges, type NativeChecker, type ParsedConfig } from './checker.ts';
import type { CheckerThreadData } from './checker-messages.ts';
import { createCheckerSession, type CheckerSession } from './checker-session.ts';
import { createDependencyFinder, type DependencyFinder } from './dependencies.ts';
import { deriveFiles } from './derive-files.ts';
import { createLastAnswers } from './last-answers.ts';
import { createFileOverlay, type FileOverlay } from './file-overlay.ts';
import { outlineOf } from './outline.ts';
import { createProjectConfig, type ProjectConfig } from './project-config.ts';
import type {
  DeriveRequest,
  DeriveResult,
  FileSignatures,
  SignatureCheckerOptions,
} from './signature-checker.ts';
import { createSignatureWarnings } from './signature-warnings.ts';
import { typeErrorsOf } from './type-errors.ts';

/** Derives in the calling thread, which it blocks, with a checker process that is replaced when it fails. */
export interface DeriveSession {
  /** @throws Error when the checker failed, and failed again after it was started anew */
  derive(request: DeriveRequest): DeriveResult;
  /** What is left to do after an answer, when nobody waits for it any more. */
  settle(): void;
  close(): void;
}

/** Many share questions; all at once would keep too many answers. */
const filesAtOnce = 100;

/**
 * Told of more than about 1,000 changes at once, such as a folder that was moved away and back, the native
 * checker forgets some of the files. A new process reads everything anew, which takes less time than so many changes.
 */
const changesAtOnce = 400;

/** `onProcess` hears the id of each checker process, and undefined when it has ended. */
export function createDeriveSession(
  data: CheckerThreadData,
  onProcess: (pid: number | undefined) => void,
): DeriveSession {
  return new Session(data, onProcess);
}

class Session implements DeriveSession {
  readonly #options: SignatureCheckerOptions;
  readonly #config: ProjectConfig;
  readonly #overlay: FileOverlay;
  readonly #dependencies: DependencyFinder;
  readonly #onProcess: (pid: number | undefined) => void;
  readonly #lastAnswers = createLastAnswers();
  #checker: NativeChecker | undefined;
  #userConfig: ParsedConfig | undefined;
  #userConfigRead = false;

  constructor({ options, texts, removed }: CheckerThreadData, onProcess: (pid: number | undefined) => void) {
    this.#options = options;
    this.#onProcess = onProcess;
    this.#config = createProjectConfig(options);
    this.#overlay = createFileOverlay(this.#config.links);
    const ownPrefix = `${this.#config.declarationsDir}${path.sep}`;
    this.#dependencies = createDependencyFinder((file) => path.normalize(file).startsWith(ownPrefix));
    for (const [file, text] of texts) this.#overlay.set(file, text);
    for (const file of removed) this.#overlay.remove(file);
  }

  derive(request: DeriveRequest): DeriveResult {
    const changes = this.#takeOver(request);
    try {
      return this.#answer(request, changes);
    } catch {
      // A checker that has failed may fail for ever; a new one reads everything anew.
      this.close();
    }
    try {
      return this.#answer(request, changes);
    } catch (error) {
      this.close();
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`the type checker failed twice: ${message}`, { cause: error });
    }
  }

  settle(): void {
    try {
      if (this.#checker?.alive === true) this.#checker.settle();
    } catch {
      // A checker that fails here fails the next request too, which starts it anew.
    }
  }

  close(): void {
    this.#checker?.close();
    this.#checker = undefined;
  }

  #startedChecker(): NativeChecker {
    if (this.#checker?.alive === true) return this.#checker;
    this.close();
    this.#dependencies.forget();
    this.#checker = startNativeChecker({
      cwd: this.#options.root,
      fs: this.#overlay.fs,
      configFile: this.#config.file,
      onExit: () => this.#onProcess(undefined),
    });
    this.#onProcess(this.#checker.pid);
    return this.#checker;
  }

  #takeOver(request: DeriveRequest): FileChanges {
    const changes = { changed: [] as string[], created: [] as string[], deleted: [...request.removed] };
    for (const file of request.removed) this.#overlay.remove(file);
    for (const [file, text] of request.changed) {
      const effect = this.#overlay.set(file, text);
      // A file that the checker has read from the disk is new to the overlay only: it is told both.
      if (effect !== 'same') changes.changed.push(file);
      if (effect === 'created') changes.created.push(file);
    }
    const { tsconfigFile } = this.#options;
    if (
      tsconfigFile !== undefined &&
      [...request.changed.keys(), ...request.removed].includes(tsconfigFile)
    ) {
      this.#userConfigRead = false;
    }
    if (changes.created.length > 0 || changes.deleted.length > 0) this.#dependencies.forget();
    const { changed, created, deleted } = changes;
    if (changed.length + created.length + deleted.length > changesAtOnce) this.close();
    return changes;
  }

  #answer(request: DeriveRequest, changes: FileChanges): DeriveResult {
    const native = this.#startedChecker();
    if (!this.#userConfigRead) {
      this.#userConfig = readUserConfig(native, this.#options.tsconfigFile);
      this.#userConfigRead = true;
    }
    const config = this.#config;
    const effect = this.#overlay.set(config.file, config.toText(request.served, this.#userConfig));
    const changed = effect === 'same' ? changes.changed : [...changes.changed, config.file];
    const session = createCheckerSession(native.update({ ...changes, changed }), {
      together: native.together,
      declarationsDir: config.declarationsDir,
    });
    if (request.errorsOnly === true) return errorsOf(session, request.wanted);
    const unchanged = this.#lastAnswers.find(request, changes, session.project);
    if (unchanged !== undefined) return unchanged;
    const globals = config.globalFiles(this.#userConfig);
    const dependencies = this.#dependencies.ofAll(session.project, request.wanted);
    const result = new Map<string, FileSignatures>();
    for (let at = 0; at < request.wanted.length; at += filesAtOnce) {
      const targets = request.wanted.slice(at, at + filesAtOnce).map((file) => ({
        file,
        names: request.names?.get(file) ?? [],
        dependencies: once(() => [...new Set([...dependencies(file), ...globals])]),
        ...createSignatureWarnings(),
      }));
      for (const [index, functions] of deriveFiles(session, targets).entries()) {
        const target = targets[index];
        if (target === undefined) continue;
        result.set(target.file, {
          functions,
          dependencies: target.dependencies().map((found) => path.normalize(found)),
          bodies: bodiesOf(session, target.file),
          warnings: target.list(),
          typeErrors: request.typeErrors === true ? typeErrorsOf(session, target.file) : [],
        });
      }
    }
    this.#lastAnswers.keep(result);
    return result;
  }
}

function errorsOf(session: CheckerSession, files: readonly string[]): DeriveResult {
  return new Map(
    files.map((file) => {
      const typeErrors = typeErrorsOf(session, file);
      return [file, { functions: {}, dependencies: [], warnings: [], typeErrors }];
    }),
  );
}

/** JSX cannot be told from comparisons without a parser. */
function bodiesOf({ project }: CheckerSession, file: string): Bodies | undefined {
  const source = /\.[jt]sx$/.test(file) ? undefined : project.program.getSourceFile(file);
  return source === undefined ? undefined : outlineOf(source)?.bodies;
}

/** A tsconfig that cannot be read is as good as none: the editor and `tsc` complain about it. */
function readUserConfig(native: NativeChecker, file: string | undefined): ParsedConfig | undefined {
  if (file === undefined) return undefined;
  try {
    return native.parseConfig(file);
  } catch (error) {
    if (!native.alive) throw error;
    return undefined;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
