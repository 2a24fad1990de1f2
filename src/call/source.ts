/** Where the items of a stream come from. */
export interface Source {
  /** A step as of an iterator, or a promise of one. */
  next(): unknown;
  /** Nothing more is wanted. Calls back what waits, where that is possible. */
  stop(reason: unknown): unknown;
}

/**
 * The items of a `ReadableStream`, of an async iterable, or of an iterator such as a generator gives;
 * undefined for any other value. Iterables that are no iterators are data: arrays, Map, Set, an author's
 * own collections.
 *
 * @throws TypeError when a `ReadableStream` is read by somebody already; whatever `[Symbol.asyncIterator]` throws
 */
export function toSource(value: unknown): Source | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isReadableStream(value)) return fromReader(value.getReader());
  if (Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function') {
    return fromIterator((value as AsyncIterable<unknown>)[Symbol.asyncIterator]());
  }
  if (Symbol.iterator in value && 'next' in value && typeof value.next === 'function') {
    return fromIterator(value as unknown as Iterator<unknown>);
  }
  return undefined;
}

/** The bytes of a response's body: a `ReadableStream`, or in some libraries a `Readable`. */
export function toByteSource(body: object): Source {
  const source = toSource(body);
  if (source === undefined) throw new TypeError('Response: expected a readable stream as its body');
  return source;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** By its form: streams of libraries and of other versions of undici are not instances of the global class. */
function isReadableStream(value: object): value is ReadableStream<unknown> {
  return 'getReader' in value && typeof value.getReader === 'function';
}

/** Not by the stream's own iterator: its `return` waits for a read that may never end. */
function fromReader(reader: ReadableStreamDefaultReader<unknown>): Source {
  return { next: () => reader.read(), stop: (reason) => reader.cancel(reason) };
}

function fromIterator(iterator: AsyncIterator<unknown> | Iterator<unknown>): Source {
  return {
    async next() {
      const step: unknown = await iterator.next();
      if (typeof step !== 'object' || step === null) {
        throw new TypeError(`expected an iterator's next() to give an object, got '${String(step)}'`);
      }
      const { done, value } = step as IteratorResult<unknown>;
      // A generator that is not async may yield promises.
      return done === true ? { done } : { done: false, value: await value };
    },
    stop: () => iterator.return?.(),
  };
}
