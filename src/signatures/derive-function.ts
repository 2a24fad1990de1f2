import type { Parameter, Signature } from '../contract/signature.ts';
import { isIdentifier, TypeFlags, type CallSignature, type Node } from './checker.ts';
import { callParameters, type CallParameter } from './call-parameters.ts';
import type { CheckerSession } from './checker-session.ts';
import { docCommentOf, lacksType } from './declarations.ts';
import { destructuredParameters, isDestructured, positionalParameter } from './derive-parameters.ts';
import { deriveReturns } from './derive-returns.ts';
import { withDiscriminators } from './discriminators.ts';
import type { DocComment } from './doc-comments.ts';
import { functionFacts, mergedDoc } from './function-doc.ts';
import { nowhere, placeOf } from './place.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { DerivedFunction, SignatureProblem } from './signature-checker.ts';
import { signatureText } from './signature-text.ts';
import type { Warn } from './signature-warnings.ts';
import { createShapeWalk, type ShapeWalk } from './to-shape.ts';
import { unresolvedName } from './unresolved-name.ts';

export interface FunctionToDerive {
  readonly name: string;
  readonly callSignatures: readonly CallSignature[];
  /** The export itself, as far as it has a declaration in the program. */
  readonly declaration: Node | undefined;
  /** Files in which an unresolved import may be the cause of an `any`. */
  readonly files: () => readonly string[];
  readonly warn: Warn;
}

/** The signature of one endpoint, or why it has none. */
export function deriveFunction(session: CheckerSession, fn: FunctionToDerive): DerivedFunction {
  const [signature] = fn.callSignatures;
  const place = session.nodeOf(signature?.declaration) ?? fn.declaration;
  if (signature === undefined) return { problem: problemAt(place, `'${fn.name}' is not a function`) };
  const all = callParameters(session, signature);
  const form = formProblem(session, fn, { signature, all });
  if (form !== undefined) {
    return { problem: problemAt(form.at?.declaration ?? place, form.message, form.at?.name) };
  }
  const parameters = all.filter((parameter) => !parameter.context);
  const walk = createShapeWalk(session, fn.warn);
  const doc = mergedDoc(docCommentOf(fn.declaration), docCommentOf(session.nodeOf(signature.declaration)));
  const [first] = parameters;
  const style = first !== undefined && isDestructured(first) ? 'object' : 'positional';
  const derived: Parameter[] = [];
  for (const parameter of parameters) {
    const taken = takeParameter(session, walk, { fn, parameter, doc });
    if ('message' in taken) {
      return { problem: problemAt(parameter.declaration ?? place, taken.message, parameter.name) };
    }
    derived.push(...taken.parameters);
  }
  warnOfUnknownNames(doc, { style, derived, all }, fn.warn);
  const returns = deriveReturns(session, walk, signature);
  return {
    signature: {
      style,
      ...withDiscriminators({
        parameters: derived,
        returns,
        definitions: walk.definitionsOf([...derived.map(({ shape }) => shape), returns.shape]),
      }),
      contextIndex: all.findIndex((parameter) => parameter.context),
      text: signatureText(session, signature, parameters),
      ...functionFacts(doc, fn.warn),
    } satisfies Signature,
  };
}

interface FormProblem {
  readonly message: string;
  /** Undefined when it is about the function as a whole. */
  readonly at?: CallParameter;
}

/** What is wrong with the way a function is written, before its types are looked at. */
function formProblem(
  session: CheckerSession,
  { name, callSignatures }: FunctionToDerive,
  { signature, all }: { readonly signature: CallSignature; readonly all: readonly CallParameter[] },
): FormProblem | undefined {
  if (callSignatures.length > 1) {
    const message = `'${name}' has ${callSignatures.length} overloads; expected one signature, so that a request body has one meaning`;
    return { message };
  }
  const self = signature.getThisParameter();
  const [typed] = self === undefined ? [] : session.typed([self]);
  if (typed !== undefined && (typed.type.flags & (TypeFlags.AnyOrUnknown | TypeFlags.VoidLike)) === 0) {
    const type = session.print(typed.type);
    return {
      message: `'${name}' needs 'this' of type '${type}', which a request cannot give; make it a parameter`,
    };
  }
  const parameters = all.filter((parameter) => !parameter.context);
  const contexts = all.filter((parameter) => parameter.context);
  const [, second] = contexts;
  if (second !== undefined) {
    const message = `'${name}' takes the call context ${contexts.length} times; expected once at most`;
    return { message, at: second };
  }
  for (const parameter of all) {
    const message = parameterFormProblem(parameter, parameters);
    if (message !== undefined) return { message, at: parameter };
  }
  return undefined;
}

function parameterFormProblem(
  parameter: CallParameter,
  parameters: readonly CallParameter[],
): string | undefined {
  const { name, declaration, type } = parameter;
  if (parameter.context) {
    return parameter.rest
      ? `the call context cannot be a rest parameter; write '${name}: CallContext'`
      : undefined;
  }
  if (declaration !== undefined && !isIdentifier(declaration.name) && !isDestructured(parameter)) {
    return 'a parameter that takes an array apart has no name that a request body could use; give it a name';
  }
  if (isDestructured(parameter) && (parameters.length > 1 || parameter.rest)) {
    return 'a destructured parameter is the whole request body, so it must be the only one; give it a name, or put the others into it';
  }
  if ((type.flags & TypeFlags.Any) !== 0 && !type.isErrorType() && lacksType(declaration)) {
    return isDestructured(parameter)
      ? "the destructured parameter has no type; write '({ … }: { … })'"
      : `parameter '${name}' has no type; write '${name}: string' or give it a default`;
  }
  return undefined;
}

interface Taking {
  readonly fn: FunctionToDerive;
  readonly parameter: CallParameter;
  readonly doc: DocComment;
}

function takeParameter(
  session: CheckerSession,
  walk: ShapeWalk,
  { fn, parameter, doc }: Taking,
): { readonly parameters: readonly Parameter[] } | { readonly message: string } {
  const causeOf = (): string | undefined => unresolvedName(session, parameter.declaration, fn.files());
  try {
    const parameters = isDestructured(parameter)
      ? destructuredParameters(walk, { parameter, doc })
      : [positionalParameter(walk, { parameter, doc })];
    const cause = walk.metAny ? causeOf() : undefined;
    if (cause === undefined) return { parameters };
    const label = isDestructured(parameter) ? 'body' : parameter.name;
    return { message: `parameter '${label}' has a type that cannot be resolved: ${cause}` };
  } catch (error) {
    if (!(error instanceof ShapeProblem)) throw error;
    const cause = error.unresolved ? causeOf() : undefined;
    return {
      message: `parameter '${error.path}' ${error.message}${cause === undefined ? '' : `: ${cause}`}`,
    };
  }
}

interface Named {
  readonly style: Signature['style'];
  readonly derived: readonly Parameter[];
  readonly all: readonly CallParameter[];
}

/** A constraint for a parameter that there is not would be lost without a word. */
function warnOfUnknownNames(doc: DocComment, { style, derived, all }: Named, warn: Warn): void {
  const known = new Set([...derived.map(({ name }) => name), ...all.map(({ name }) => name)]);
  for (const [key, tags] of doc.paramTags) {
    const name = style === 'object' && key.includes('.') ? key.split('.').slice(1).join('.') : key;
    const [tag] = tags;
    if (tag === undefined || known.has(name)) continue;
    const way = name.includes('.')
      ? 'write it before the property in its type'
      : `expected ${[...known].map((one) => `'${one}'`).join(', ') || 'none, since there is no parameter'}`;
    warn(tag.place, `'@${tag.name}' is about '${key}', which is no parameter; ${way}`);
  }
}

function problemAt(node: Node | undefined, message: string, parameter?: string): SignatureProblem {
  const place = node === undefined ? nowhere : placeOf(node);
  return { ...place, message, ...(parameter === undefined ? {} : { parameter }) };
}
