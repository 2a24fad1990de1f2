import { GlobalsWatch, type ChangedGlobal } from '../containment/changed-globals.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { ModuleWarning } from '../registry/snapshot.ts';
import type { FileInstance } from './file-instance.ts';
import { displayPath } from './module-failure.ts';
import { moduleNameOf } from './served-files.ts';

export interface GlobalChangesOptions {
  readonly apisDir: string;
  readonly projectDir: string;
  readonly logs: LogPort;
  /** Otherwise changes are told, and nothing is put back. */
  readonly ownsProcess: boolean;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Tells of builtins that served files overwrite, and of what they add to prototypes: both reach all other code. */
export class GlobalChanges {
  readonly #options: GlobalChangesOptions;
  readonly #watch: GlobalsWatch;
  /** By name of what was changed: where the file does it. */
  readonly #places = new Map<string, Place>();
  readonly #told = new Set<string>();

  constructor(options: GlobalChangesOptions) {
    this.#options = options;
    this.#watch = new GlobalsWatch({ restores: options.ownsProcess });
  }

  /** To be called before something is loaded, so that nobody is blamed for what a call has done. */
  before(): void {
    for (const change of this.#watch.look(undefined)) {
      const { name } = change;
      this.#tell(
        name,
        `${name} was changed while the service ran, by a call or a package; ${outcomeOf(change)}`,
      );
    }
  }

  /** To be called when the code of a file has run. */
  afterEvaluation(instance: FileInstance): void {
    this.#watch.forget(instance.source.file);
    this.afterHooks(instance);
  }

  /** To be called when the `onLoad` hooks of a file have run. */
  afterHooks({ source }: FileInstance): void {
    const found = this.#watch.look(source.file);
    for (const change of found) {
      const place = placeOf(change, source.text);
      this.#places.set(change.name, place);
      const file = displayPath(source.file, this.#options.projectDir);
      this.#tell(`${file} ${change.name}`, `${file}:${place.line}:${place.column}: ${textOf(change)}`);
    }
  }

  /** Of what is still changed, where a file is known. */
  get warnings(): ModuleWarning[] {
    const { apisDir, projectDir } = this.#options;
    return this.#watch.changed.flatMap((change) => {
      const { file, name } = change;
      if (file === undefined) return [];
      const { line, column } = this.#places.get(name) ?? { line: 1, column: 1 };
      const module = moduleNameOf(file, apisDir);
      return [{ module, file: displayPath(file, projectDir), line, column, message: textOf(change) }];
    });
  }

  /** Each change once, however often its file is saved. */
  #tell(key: string, message: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#options.logs.system('warn', message);
  }
}

function outcomeOf({ restored }: ChangedGlobal): string {
  return restored ? 'it was put back' : 'it stays so for all code until a restart';
}

function textOf(change: ChangedGlobal): string {
  return `changes ${change.name}, which all code shares; ${outcomeOf(change)}; export a function of your own instead`;
}

/** The first line that names the property and could set it. */
function placeOf({ name }: ChangedGlobal, text: string): Place {
  const key = name.slice(name.lastIndexOf('.') + 1);
  const lines = text.split('\n');
  const index = lines.findIndex((line) => line.includes(key) && /=|\(|:/.test(line));
  return index === -1
    ? { line: 1, column: 1 }
    : { line: index + 1, column: (lines[index] ?? '').indexOf(key) + 1 };
}
