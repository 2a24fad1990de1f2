import { DiagnosticCategory, type Diagnostic } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { nowhere, placeAt, type Place } from './place.ts';
import type { SignatureWarning } from './signature-checker.ts';

/** TypeScript's errors in a file, syntax first, as `TS2322: Type 'string' is not …`. */
export function typeErrorsOf(session: CheckerSession, file: string): readonly SignatureWarning[] {
  return session
    .diagnosticsOf(file)
    .filter(({ category }) => category === DiagnosticCategory.Error)
    .map((diagnostic) => ({
      ...placeOfDiagnostic(session, diagnostic, file),
      message: `TS${diagnostic.code}: ${textOf(diagnostic)}`,
    }));
}

/** The text with its reasons, one per line. */
function textOf({ text, messageChain = [] }: Diagnostic): string {
  const reasons = messageChain.map((reason) => textOf(reason).replace(/^/gm, '  '));
  return [text, ...reasons].join('\n');
}

function placeOfDiagnostic(session: CheckerSession, { fileName, pos }: Diagnostic, file: string): Place {
  const source = session.project.program.getSourceFile(fileName ?? file);
  return source === undefined ? { ...nowhere, file } : placeAt(source, Math.max(0, pos));
}
