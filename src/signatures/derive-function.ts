import type { Parameter, Property, Shape, Signature } from '../contract/signature.ts';
import { isIdentifier, isObjectBindingPattern, TypeFlags, type CallSignature, type Node } from './checker.ts';
import { callParameters, type CallParameter } from './call-parameters.ts';
import type { CheckerSession } from './checker-session.ts';
import {
  destructuredDefaults,
  docCommentOf,
  lacksType,
  literalValueOf,
  ownDocCommentOf,
  placeOf,
  type LiteralValue,
} from './declarations.ts';
import type { DocComment } from './doc-comments.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { DerivedFunction, SignatureProblem } from './signature-checker.ts';
import { signatureText } from './signature-text.ts';
import { createShapeWalk, type ShapeWalk } from './to-shape.ts';
import { unresolvedName } from './unresolved-name.ts';

export interface FunctionToDerive {
  readonly name: string;
  readonly callSignatures: readonly CallSignature[];
  /** The export itself, as far as it has a declaration in the program. */
  readonly declaration: Node | undefined;
  /** Files in which an unresolved import may be the cause of an `any`. */
  readonly files: () => readonly string[];
}

/** The signature of one endpoint, or why it has none. */
export function deriveFunction(session: CheckerSession, fn: FunctionToDerive): DerivedFunction {
  const [signature, second] = fn.callSignatures;
  const place = session.nodeOf(signature?.declaration) ?? fn.declaration;
  const refuse = (message: string, at?: CallParameter): DerivedFunction => ({
    problem: problemAt(at?.declaration ?? place, message, at?.name),
  });
  if (signature === undefined) return refuse(`'${fn.name}' is not a function`);
  if (second !== undefined) {
    return refuse(
      `'${fn.name}' has ${fn.callSignatures.length} overloads; expected one signature, so that a request body has one meaning`,
    );
  }
  const all = callParameters(session, signature);
  const parameters = all.filter((parameter) => !parameter.context);
  const contexts = all.filter((parameter) => parameter.context);
  if (contexts.length > 1)
    return refuse(
      `'${fn.name}' takes the call context ${contexts.length} times; expected once at most`,
      contexts[1],
    );

  const walk = createShapeWalk(session);
  const doc = mergedDoc(docCommentOf(fn.declaration), docCommentOf(session.nodeOf(signature.declaration)));
  for (const parameter of all) {
    const message = formProblem(parameter, parameters);
    if (message !== undefined) return refuse(message, parameter);
  }
  const derived: Parameter[] = [];
  const [first] = parameters;
  const style = first !== undefined && isDestructured(first) ? 'object' : 'positional';
  for (const parameter of parameters) {
    try {
      if (style === 'object') derived.push(...destructuredParameters(session, walk, { parameter, doc }));
      else derived.push(positionalParameter(walk, parameter, doc));
      const cause = walk.metAny ? unresolvedName(session, parameter.declaration, fn.files()) : undefined;
      if (cause !== undefined) {
        return refuse(
          `parameter '${labelOf(parameter)}' has a type that cannot be resolved: ${cause}`,
          parameter,
        );
      }
    } catch (error) {
      if (!(error instanceof ShapeProblem)) throw error;
      const cause = error.unresolved ? unresolvedName(session, parameter.declaration, fn.files()) : undefined;
      return refuse(
        `parameter '${error.path}' ${error.message}${cause === undefined ? '' : `: ${cause}`}`,
        parameter,
      );
    }
  }
  return {
    signature: {
      style,
      parameters: derived,
      contextIndex: all.findIndex((parameter) => parameter.context),
      definitions: walk.definitions,
      description: doc.description,
      text: signatureText(session, signature, parameters),
    } satisfies Signature,
  };
}

/** What is wrong with the way a parameter is written, before its type is looked at. */
function formProblem(parameter: CallParameter, parameters: readonly CallParameter[]): string | undefined {
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

function positionalParameter(walk: ShapeWalk, parameter: CallParameter, doc: DocComment): Parameter {
  const { shape, optional } = walk.toShape(parameter.type, parameter.name);
  const description = doc.params.get(parameter.name) ?? ownDocCommentOf(parameter.declaration).description;
  const defaultValue = literalValueOf(parameter.declaration?.initializer);
  return {
    name: parameter.name,
    shape,
    optional: optional || parameter.optional || (parameter.rest && mayBeEmpty(shape)),
    rest: parameter.rest,
    ...(description === '' ? {} : { description }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}

/** The properties of the one destructured parameter are the parameters. */
function destructuredParameters(
  session: CheckerSession,
  walk: ShapeWalk,
  { parameter, doc }: { readonly parameter: CallParameter; readonly doc: DocComment },
): readonly Parameter[] {
  const { shape } = walk.toShape(parameter.type, 'body');
  const object = shape.kind === 'ref' ? walk.definitions[shape.name] : shape;
  if (object?.kind !== 'object' || object.index !== undefined) {
    const got = session.print(parameter.type);
    throw new ShapeProblem(
      `is destructured, so its type must be an object with known properties, got '${got}'; give the parameter a name instead`,
      { path: 'body' },
    );
  }
  const { declaration } = parameter;
  const untyped =
    declaration?.type === undefined && object.properties.find(({ shape: { kind } }) => kind === 'unknown');
  if (untyped) {
    throw new ShapeProblem(`has no type; write '({ … }: { ${untyped.name}: string })' or give it a default`, {
      path: `body.${untyped.name}`,
    });
  }
  const defaults: ReadonlyMap<string, LiteralValue | undefined> =
    declaration === undefined ? new Map() : destructuredDefaults(declaration);
  return object.properties.map((property) => withDoc(property, doc, defaults.get(property.name)));
}

function withDoc(property: Property, doc: DocComment, defaultValue: LiteralValue | undefined): Parameter {
  const description =
    property.description ?? doc.params.get(property.name) ?? nestedParam(doc, property.name);
  return {
    ...property,
    rest: false,
    ...(description === undefined || description === '' ? {} : { description }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}

/** `@param options.limit …` */
function nestedParam(doc: DocComment, name: string): string | undefined {
  for (const [key, text] of doc.params) if (key.split('.').slice(1).join('.') === name) return text;
  return undefined;
}

/** The export's own comment goes before that of the function that it wraps. */
function mergedDoc(own: DocComment, wrapped: DocComment): DocComment {
  return {
    description: own.description === '' ? wrapped.description : own.description,
    params: new Map([...wrapped.params, ...own.params]),
  };
}

function mayBeEmpty(shape: Shape): boolean {
  if (shape.kind !== 'tuple') return true;
  return shape.elements.every((element) => element.optional || element.rest);
}

function isDestructured({ declaration }: CallParameter): boolean {
  return declaration !== undefined && isObjectBindingPattern(declaration.name);
}

function labelOf(parameter: CallParameter): string {
  return isDestructured(parameter) ? 'body' : parameter.name;
}

function problemAt(node: Node | undefined, message: string, parameter: string | undefined): SignatureProblem {
  const place = node === undefined ? { file: '', line: 1, column: 1 } : placeOf(node);
  return { ...place, message, ...(parameter === undefined ? {} : { parameter }) };
}
