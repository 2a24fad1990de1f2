import { contractDiff } from '../registry/contract-diff.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { FileSignatures } from '../signatures/signature-checker.ts';
import { codeFrame } from './code-frame.ts';
import { LoadProblem } from './load-problem.ts';
import type { SourceFile } from './source-file.ts';

/** What the configuration lets no save pass with. */
export interface Blocks {
  readonly typeErrors: boolean;
  readonly breakingChanges: boolean;
}

export interface Candidate {
  readonly source: SourceFile;
  readonly signatures: FileSignatures;
  readonly endpoints: readonly Endpoint[];
  /** The module's functions that serve now. */
  readonly live: readonly Endpoint[];
}

/** @throws LoadProblem when a version that loads may not serve all the same */
export function refuse(blocks: Blocks, { source, signatures, endpoints, live }: Candidate): void {
  const [error] = signatures.typeErrors;
  if (blocks.typeErrors && error !== undefined) {
    const { line, column, message } = error;
    const frame = codeFrame(source.text, line, column);
    throw new LoadProblem(`${message} (typeErrors is 'block')`, { file: source.file, line, column, frame });
  }
  if (!blocks.breakingChanges) return;
  const breaking = contractDiff(byPath(live), byPath(endpoints)).filter((change) => change.breaking);
  if (breaking.length === 0) return;
  const changes = breaking.map(({ endpoint, change }) => `${endpoint}: ${change}`).join('; ');
  throw new LoadProblem(`breaks callers: ${changes} (breakingChanges is 'block')`, { file: source.file });
}

function byPath(endpoints: readonly Endpoint[]): ReadonlyMap<string, Endpoint> {
  return new Map(endpoints.map((endpoint) => [endpoint.path, endpoint]));
}
