import { apiFunctionOptions } from '../contract/api-function.ts';
import { segmentProblem } from '../contract/names.ts';
import type { Signature } from '../contract/signature.ts';
import type { Endpoint, ModuleInstance } from '../registry/snapshot.ts';
import type { FileSignatures } from '../signatures/signature-checker.ts';
import { explicitSignature } from '../signatures/explicit-signature.ts';
import { toPlainCheck } from '../signatures/to-plain-check.ts';
import { toZod } from '../signatures/to-zod.ts';
import { codeFrame } from './code-frame.ts';
import { LoadProblem } from './load-problem.ts';
import type { SourceFile } from './source-file.ts';

type ApiFunction = (...args: unknown[]) => unknown;

/**
 * The functions among a module's exports that `apiFunction()` marked, by export name.
 *
 * @throws LoadProblem when a name cannot be an endpoint's
 */
export function collectFunctions(exports: unknown, source: SourceFile): Map<string, ApiFunction> {
  const functions = new Map<string, ApiFunction>();
  if (typeof exports !== 'object' || exports === null) return functions;
  for (const [name, value] of Object.entries(exports)) {
    if (apiFunctionOptions(value) === undefined) continue;
    const problem = segmentProblem(name);
    if (problem !== undefined)
      throw new LoadProblem(problem, { file: source.file, ...placeOfName(name, source.text) });
    functions.set(name, value as ApiFunction);
  }
  return functions;
}

export interface BuildOptions {
  readonly instance: ModuleInstance;
  readonly functions: ReadonlyMap<string, ApiFunction>;
  readonly signatures: FileSignatures;
  readonly source: SourceFile;
  /** The endpoint that serves now, whose validator is taken over while its signature is the same. */
  readonly before: (path: string) => Endpoint | undefined;
  readonly textOf: (file: string) => string | undefined;
}

/**
 * Joins functions and signatures to endpoints.
 *
 * @throws LoadProblem naming the parameter, when a signature has no JSON form
 */
export function buildEndpoints(options: BuildOptions): Endpoint[] {
  return [...options.functions].map(([name, fn]) => {
    const path = `/${options.instance.module}/${name}`;
    const { input } = apiFunctionOptions(fn) ?? {};
    const signature =
      input === undefined ? signatureOf(name, options) : explicitSignature(input, derivedOf(name, options));
    const before = options.before(path);
    const same = before !== undefined && JSON.stringify(before.signature) === JSON.stringify(signature);
    return {
      path,
      module: options.instance.module,
      name,
      fn,
      options: apiFunctionOptions(fn) ?? {},
      signature: same ? before.signature : signature,
      input: input ?? (same ? before.input : toZod(signature)),
      plain: input !== undefined ? undefined : same ? before.plain : toPlainCheck(signature),
      instance: options.instance,
    };
  });
}

/** With a schema of the author's own, it does no harm when a parameter's type has no JSON form. */
function derivedOf(name: string, { signatures }: BuildOptions): Signature | undefined {
  const found = signatures.functions[name];
  return found !== undefined && 'signature' in found ? found.signature : undefined;
}

function signatureOf(name: string, { signatures, source, textOf }: BuildOptions): Signature {
  const found = signatures.functions[name];
  if (found === undefined) {
    throw new LoadProblem(`'${name}': the type checker found no signature for this export`, {
      file: source.file,
    });
  }
  if ('signature' in found) return found.signature;
  const { file, line, column, message } = found.problem;
  const text = textOf(file);
  throw new LoadProblem(`'${name}': ${message}`, {
    file,
    line,
    column,
    frame: text === undefined ? undefined : codeFrame(text, line, column),
  });
}

function placeOfName(name: string, text: string): { line: number } | object {
  const index = text.split('\n').findIndex((line) => line.includes(name));
  return index === -1 ? {} : { line: index + 1, frame: codeFrame(text, index + 1) };
}
