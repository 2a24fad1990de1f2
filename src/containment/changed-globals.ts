import { EventEmitter } from 'node:events';

/** A builtin that is not what it was when the process began. */
export interface ChangedGlobal {
  /** `JSON.parse`, `Array.prototype.last` */
  readonly name: string;
  /** The file (absolute) whose evaluation or hook changed it; undefined for what a call or a package did. */
  readonly file: string | undefined;
  /** It was put back at once: the runtime itself, or its packages, would fail. */
  readonly restored: boolean;
}

/** What the runtime and its packages use all the time; besides, served files have timers of their own. */
const restoredNames: ReadonlySet<string> = new Set([
  'globalThis.setTimeout',
  'globalThis.setInterval',
  'globalThis.setImmediate',
  'globalThis.clearTimeout',
  'globalThis.clearInterval',
  'globalThis.clearImmediate',
  'JSON.parse',
  'JSON.stringify',
  'Date.now',
]);

/** One object that all code of the process shares, as it was. */
interface Known {
  readonly name: string;
  readonly target: object;
  readonly keys: readonly PropertyKey[];
  /** Functions and objects by index in `keys`; a mark for whatever is not compared. */
  readonly values: readonly unknown[];
  /** The same as the last look found it, so that each change is told once. */
  readonly latest: unknown[];
  /** Whether properties that are added count: on prototypes they reach every object. */
  readonly closed: boolean;
}

const notCompared = Symbol('not compared');

const namespaces: Readonly<Record<string, object>> = {
  globalThis,
  JSON,
  Math,
  Reflect,
  console,
  Object,
  Array,
  Promise,
  Number,
  String,
  Date,
  Symbol,
  Error,
  Buffer,
  URL,
};

const classes: readonly { readonly name: string; readonly prototype: object }[] = [
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Promise,
  RegExp,
  Date,
  Error,
  Map,
  Set,
  WeakMap,
  WeakSet,
  ArrayBuffer,
  Object.getPrototypeOf(Uint8Array) as typeof Uint8Array,
  Uint8Array,
  Buffer,
  URL,
  URLSearchParams,
  EventTarget,
  EventEmitter,
  AbortSignal,
];

/**
 * Compares what all code shares with what it was when this was made. A look takes some tens of
 * microseconds: functions and objects are compared by identity, and accessors are not looked at.
 */
export class GlobalsWatch {
  readonly #restores: boolean;
  readonly #known: readonly Known[];
  readonly #changed = new Map<string, ChangedGlobal & { readonly isChanged: () => boolean }>();

  /** `restores`: whether what the runtime depends on is put back. */
  constructor({ restores }: { readonly restores: boolean }) {
    this.#restores = restores;
    this.#known = [
      ...Object.entries(namespaces).map(([name, target]) => toKnown(name, target, false)),
      ...classes.map(({ name, prototype }) => toKnown(`${name}.prototype`, prototype, true)),
    ];
  }

  /** Everything that is changed now, with who changed it last. */
  get changed(): readonly ChangedGlobal[] {
    return [...this.#changed.values()]
      .filter(({ isChanged }) => isChanged())
      .map(({ name, file, restored }) => ({ name, file, restored }));
  }

  /** The file runs anew: what was put back after it the last time is history. */
  forget(file: string): void {
    for (const [name, change] of this.#changed) {
      if (change.restored && change.file === file) this.#changed.delete(name);
    }
  }

  /** What has changed since the last look, by the file that ran meanwhile. */
  look(file: string | undefined): readonly ChangedGlobal[] {
    const found: ChangedGlobal[] = [];
    for (const known of this.#known) {
      const { target, keys, values, latest, closed } = known;
      const record = target as Record<PropertyKey, unknown>;
      for (let index = 0; index < keys.length; index++) {
        if (values[index] === notCompared) continue;
        const key = keys[index] as PropertyKey;
        const now = record[key];
        if (now === latest[index]) continue;
        latest[index] = now;
        const value = values[index];
        if (now === value) continue;
        const name = nameOf(known, key);
        const restored = this.#restores && restoredNames.has(name) && put(target, key, value);
        if (restored) latest[index] = value;
        const isChanged = (): boolean => restored || record[key] !== value;
        this.#note({ name, file, restored, isChanged }, found);
      }
      if (closed && Reflect.ownKeys(target).length !== keys.length) this.#findAdded(known, file, found);
    }
    return found;
  }

  /** What every object inherits is taken away again: packages, esbuild among them, fail when they see it. */
  #findAdded(known: Known, file: string | undefined, found: ChangedGlobal[]): void {
    const { target, keys } = known;
    for (const key of Reflect.ownKeys(target)) {
      if (isOwn(key)) continue;
      const name = nameOf(known, key);
      const before = this.#changed.get(name);
      if (keys.includes(key) || (before?.restored === false && before.isChanged())) continue;
      const restored = this.#restores && target === Object.prototype && Reflect.deleteProperty(target, key);
      const isChanged = (): boolean => restored || Object.hasOwn(target, key);
      this.#note({ name, file, restored, isChanged }, found);
    }
  }

  #note(change: ChangedGlobal & { readonly isChanged: () => boolean }, found: ChangedGlobal[]): void {
    this.#changed.set(change.name, change);
    found.push({ name: change.name, file: change.file, restored: change.restored });
  }
}

/** Whether the property has the value now. */
function put(target: object, key: PropertyKey, value: unknown): boolean {
  return Reflect.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: target === globalThis,
  });
}

function toKnown(name: string, target: object, closed: boolean): Known {
  const keys = Reflect.ownKeys(target);
  const values = keys.map((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    // Reading an accessor runs it, and numbers such as `Error.stackTraceLimit` are there to be set.
    const value: unknown = descriptor?.value;
    return typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : notCompared;
  });
  return { name, target, keys, values, latest: [...values], closed };
}

function nameOf({ name }: Known, key: PropertyKey): string {
  return typeof key === 'symbol' ? `${name}[${key.description ?? 'symbol'}]` : `${name}.${String(key)}`;
}

/** The runtime's own marks, which it makes when it first needs them. */
function isOwn(key: string | symbol): boolean {
  return typeof key === 'symbol' && key.description?.startsWith('api-deploy.') === true;
}
