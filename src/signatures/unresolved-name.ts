import type { Diagnostic, Node } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { placeAt } from './place.ts';

/** "Cannot find module", "has no exported member" and the like: what is imported is not there. */
const importCodes: ReadonlySet<number> = new Set([2305, 2307, 2614, 2694, 2724, 2732, 2792, 2834, 2835]);

/**
 * The name that could not be resolved and made a parameter's type an `any`: one inside the parameter's
 * own declaration, else an import that failed in one of the files that its type may come from.
 */
export function unresolvedName(
  session: CheckerSession,
  parameter: Node | undefined,
  files: readonly string[],
): string | undefined {
  if (parameter !== undefined) {
    const file = parameter.getSourceFile().fileName;
    const inside = session
      .diagnosticsOf(file)
      // From 7000 on: complaints about an implicit `any`, not its cause.
      .find(({ pos, end, code }) => pos >= parameter.pos && end <= parameter.end && code < 7000);
    if (inside !== undefined) return located(session, inside);
  }
  for (const file of files) {
    const failed = session.diagnosticsOf(file).find(({ code }) => importCodes.has(code));
    if (failed !== undefined) return located(session, failed);
  }
  return undefined;
}

function located(session: CheckerSession, { fileName, pos, text }: Diagnostic): string {
  const source = fileName === undefined ? undefined : session.project.program.getSourceFile(fileName);
  if (source === undefined) return text;
  const { file, line, column } = placeAt(source, pos);
  return `${text} (${file}:${line}:${column})`;
}
