import { bodiesAfter } from './body-edit.ts';
import type { DeriveRequest, DeriveResult, FileSignatures } from './signature-checker.ts';

/** Answers saves inside of functions from what is known, without a question to the checker. */
export interface QuickAnswers {
  /** The last answers, when the request is quick and nothing but the inside of known functions changed. */
  find(request: DeriveRequest): DeriveResult | undefined;
  /** To be told of every other request, and of its result by what this gives back. */
  ask(request: DeriveRequest): (result: DeriveResult) => void;
  /** What is known of a file and still holds, but for its type errors. */
  exact(file: string): FileSignatures | undefined;
}

interface Known {
  readonly signatures: FileSignatures;
  /** The text that `signatures.bodies` is about. */
  readonly text: string;
  /** False after an edit inside of functions: results may be of other types now. */
  readonly isExact: boolean;
}

export function createQuickAnswers(): QuickAnswers {
  const known = new Map<string, Known>();
  /** The last text of each file that a request told of. */
  const texts = new Map<string, string>();

  /** What is known of a file's new text. */
  function after(file: string, text: string): Known | undefined {
    const before = known.get(file);
    const bodies = before?.signatures.bodies;
    if (before === undefined || bodies === undefined) return undefined;
    const moved = bodiesAfter(before.text, bodies, text);
    return moved === undefined
      ? undefined
      : {
          signatures: { ...before.signatures, bodies: moved },
          text,
          isExact: before.text === text && before.isExact,
        };
  }

  return {
    find(request) {
      if (request.quick !== true || request.names !== undefined || request.removed.length > 0)
        return undefined;
      const edited = new Map<string, Known>();
      for (const [file, text] of request.changed) {
        const now = after(file, text);
        if (now === undefined) return undefined;
        edited.set(file, now);
      }
      const found = new Map<string, FileSignatures>();
      for (const file of request.wanted) {
        const signatures = (edited.get(file) ?? known.get(file))?.signatures;
        // One that only imports what changed may still take types from it.
        if (signatures?.bodies === undefined) return undefined;
        found.set(file, { ...signatures, provisional: true });
      }
      for (const file of request.wanted) {
        const before = known.get(file);
        if (before !== undefined) known.set(file, { ...before, isExact: false });
      }
      for (const [file, now] of edited) {
        known.set(file, now);
        texts.set(file, now.text);
      }
      return found;
    },
    ask({ changed, removed, wanted }) {
      for (const file of removed) {
        known.delete(file);
        texts.delete(file);
      }
      for (const [file, text] of changed) {
        if (known.get(file)?.text !== text) known.delete(file);
        texts.set(file, text);
      }
      // As they are now: until the answer comes, another save may have been answered.
      const asked = new Map(wanted.map((file) => [file, texts.get(file)]));
      return (result) => {
        for (const [file, { provisional, ...signatures }] of result) {
          const text = asked.get(file);
          const isLast = text !== undefined && texts.get(file) === text;
          if (isLast && provisional !== true) known.set(file, { signatures, text, isExact: true });
        }
      };
    },
    exact(file) {
      const found = known.get(file);
      return found?.isExact === true ? found.signatures : undefined;
    },
  };
}
