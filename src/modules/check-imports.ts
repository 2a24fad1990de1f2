import { reachableFrom, type FileInstance, type Linked } from './file-instance.ts';
import { LoadProblem, placeOf } from './load-problem.ts';

/**
 * Finds the first import by name that its file or package does not export, among the evaluated instances that
 * `root` reaches: what Node refuses when it links ES modules, and what CommonJS would show only at a call.
 *
 * `checked` keeps what was found out for other roots of the same reload.
 */
export function findMissingExport(
  root: FileInstance,
  checked: Map<FileInstance, LoadProblem | undefined>,
): LoadProblem | undefined {
  for (const instance of reachableFrom([root])) {
    if (!checked.has(instance)) checked.set(instance, missingExportOf(instance));
    const problem = checked.get(instance);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function missingExportOf(instance: FileInstance): LoadProblem | undefined {
  const { content, file, text } = instance.source;
  if (content.kind === 'json' || instance.state !== 'evaluated') return undefined;
  for (const { specifier, names } of content.transpiled.imports) {
    const exports = exportsOf(instance.imports.get(specifier));
    const missing = exports === undefined ? undefined : names.find((name) => !(name in exports));
    if (missing === undefined) continue;
    const cause = `'${specifier}' exports no '${missing}'; if it is a type, write 'import type' or 'export type'`;
    return new LoadProblem(cause, placeOf(specifier, text, file));
  }
  return undefined;
}

/** Undefined where anything may be imported: CommonJS files, and what is not evaluated. */
function exportsOf(linked: Linked | undefined): object | undefined {
  if (linked?.kind === 'package') return linked.namespace;
  if (linked?.kind !== 'file' || linked.instance.state !== 'evaluated') return undefined;
  const { module, source } = linked.instance;
  if (typeof module.exports !== 'object' || module.exports === null) return undefined;
  // A TypeScript file without any import or export, such as one that is half-written, carries no `__esModule`.
  const isEmpty = /\.m?tsx?$/.test(source.file) && Object.keys(module.exports).length === 0;
  return '__esModule' in module.exports || isEmpty ? module.exports : undefined;
}
