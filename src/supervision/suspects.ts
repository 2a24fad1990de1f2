import type { WaitingWork } from '../contract/main-thread.ts';
import { framesOf, goesOnAfterAwait, type Frame } from './stack.ts';

/** The code of a file as it was compiled, or undefined. */
export type CodeLookup = (file: string) => string | undefined;

export interface Suspects {
  readonly work: readonly WaitingWork[];
  /** Their own function is on the stack, not only one of their file. */
  readonly certain: boolean;
}

/**
 * Which of the waiting work a stack can belong to. What goes on after an `await` does not say for which call it
 * does: calls are meant whose function is on the stack, else those whose file is. Callbacks of timers and events
 * are nobody's.
 */
export function suspectsOf(stack: string, waiting: Iterable<WaitingWork>, codeOf: CodeLookup): Suspects {
  if (!goesOnAfterAwait(stack)) return { work: [], certain: false };
  const frames = framesOf(stack);
  const inFile = [...waiting].filter(({ request }) =>
    frames.some(({ file }) => file === request.endpoint.instance.file),
  );
  const own = inFile.filter(({ request: { endpoint } }) =>
    frames.some((frame) => lies(frame, endpoint, codeOf)),
  );
  return own.length > 0 ? { work: own, certain: true } : { work: inFile, certain: false };
}

/** Whether the place is within the function's text. */
function lies(
  { file, line, column }: Frame,
  { fn, instance }: WaitingWork['request']['endpoint'],
  codeOf: CodeLookup,
): boolean {
  const code = file === instance.file ? codeOf(file) : undefined;
  if (code === undefined) return false;
  const before = code.split('\n').slice(0, line - 1);
  const offset = before.reduce((sum, text) => sum + text.length + 1, column - 1);
  const text = fn.toString();
  for (let begin = code.indexOf(text); begin !== -1; begin = code.indexOf(text, begin + 1)) {
    if (offset >= begin && offset < begin + text.length) return true;
  }
  return false;
}
