import type { PlainCheck } from '../contract/plain-check.ts';
import type { Signature } from '../contract/signature.ts';
import { PlainWriter, type KeysOf } from './plain-writer.ts';

/** Code is made for the types at the first call: a restart with thousands of functions does not wait for it. */
export function toPlainCheck(signature: Signature): PlainCheck {
  return new LazyCheck(signature);
}

/** One for each function: it must be small. */
class LazyCheck implements PlainCheck {
  /** Until the code is made. */
  #signature: Signature | undefined;
  #keysOf: KeysOf = never;

  constructor(signature: Signature) {
    this.#signature = signature;
  }

  keysOf(body: unknown): number {
    if (this.#signature !== undefined) this.#compile(this.#signature);
    return this.#keysOf(body);
  }

  #compile({ definitions, parameters }: Signature): void {
    this.#signature = undefined;
    this.#keysOf = new PlainWriter(definitions).compile(parameters) ?? never;
  }
}

function never(): number {
  return -1;
}
