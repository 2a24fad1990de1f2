import type { AskTogether } from './ask-together.ts';
import {
  NodeBuilderFlags,
  ObjectFlags,
  SignatureKind,
  SyntaxKind,
  type CallSignature,
  type Diagnostic,
  type Node,
  type NodeHandle,
  type Project,
  type Type,
  type TypeSymbol,
} from './checker.ts';

export interface TypedSymbol {
  readonly symbol: TypeSymbol;
  readonly type: Type;
}

/** The parts of an object type, asked for once. */
export interface ObjectMembers {
  readonly properties: readonly TypedSymbol[];
  readonly index: readonly { readonly keyType: Type; readonly valueType: Type }[];
  readonly callSignatures: readonly CallSignature[];
}

/** One state of the project. Every question crosses to the checker's process, so answers are kept. */
export interface CheckerSession {
  readonly project: Project;
  readonly together: AskTogether;
  /** Folder of the runtime's own declarations. */
  readonly declarationsDir: string;
  members(type: Type): ObjectMembers;
  /** Asks for no types. */
  propertiesOf(type: Type): readonly TypeSymbol[];
  /** Types of a union, an intersection or a template; of any other type, itself. */
  constituents(type: Type): readonly Type[];
  /** Of `Map<string, User>`: `string` and `User`. */
  typeArguments(type: Type): readonly Type[];
  returnTypeOf(signature: CallSignature): Type | undefined;
  callSignaturesOf(type: Type): readonly CallSignature[];
  /** Without null and undefined. */
  nonNullableOf(type: Type): Type | undefined;
  /** Asked for together, the types of many symbols cost as much as that of one. */
  typed(symbols: readonly TypeSymbol[]): readonly TypedSymbol[];
  /** Gets to know the symbols of these names at once, so that they need not be asked for one by one later. */
  meet(names: readonly Node[]): void;
  nodeOf(handle: NodeHandle | undefined): Node | undefined;
  print(type: Type): string;
  /** The type as it would be written, with the labels of a tuple. */
  typeNodeOf(type: Type): Node | undefined;
  /** What TypeScript says against a file. */
  diagnosticsOf(file: string): readonly Diagnostic[];
  isOwnDeclaration(symbol: TypeSymbol | undefined): boolean;
}

/** The alias itself is not wanted, but what it stands for. */
const noAliasNoTruncation = NodeBuilderFlags.InTypeAlias | NodeBuilderFlags.NoTruncation;

export interface CheckerSessionOptions {
  readonly together: AskTogether;
  readonly declarationsDir: string;
}

export function createCheckerSession(
  project: Project,
  { together, declarationsDir }: CheckerSessionOptions,
): CheckerSession {
  const { checker } = project;
  // Paths of declarations are in lower case where the file system does not tell cases apart.
  const ownPrefix = `${declarationsDir.replaceAll('\\', '/').toLowerCase()}/`;
  const members = new Map<number, ObjectMembers>();
  const properties = new Map<number, readonly TypeSymbol[]>();
  const constituents = new Map<number, readonly Type[]>();
  const typeArguments = new Map<number, readonly Type[]>();
  const returnTypes = new Map<number, Type | undefined>();
  const callSignatures = new Map<number, readonly CallSignature[]>();
  const nonNullable = new Map<number, Type | undefined>();
  const types = new Map<number, Type>();
  const printed = new Map<number, string>();
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const session: CheckerSession = {
    project,
    together,
    declarationsDir,
    propertiesOf: (type) => kept(properties, type.id, () => checker.getPropertiesOfType(type)),
    members: (type) => kept(members, type.id, () => membersOf(session, type)),
    constituents: (type) => kept(constituents, type.id, () => constituentsOf(type)),
    typeArguments: (type) =>
      kept(typeArguments, type.id, () => (type.isTypeReference() ? checker.getTypeArguments(type) : [])),
    returnTypeOf: (signature) =>
      kept(returnTypes, signature.id, () => checker.getReturnTypeOfSignature(signature)),
    callSignaturesOf: (type) =>
      kept(callSignatures, type.id, () => checker.getSignaturesOfType(type, SignatureKind.Call)),
    nonNullableOf: (type) => kept(nonNullable, type.id, () => checker.getNonNullableType(type)),
    typed(symbols) {
      const missing = symbols.filter(({ id }) => !types.has(id));
      const found = missing.length === 0 ? [] : checker.getTypeOfSymbol(missing);
      for (const [at, { id }] of missing.entries()) {
        const type = found[at];
        if (type !== undefined) types.set(id, type);
      }
      // A symbol of a value has a type; where it cannot be known, that is the error type.
      return symbols.flatMap((symbol) => {
        const type = types.get(symbol.id);
        return type === undefined ? [] : [{ symbol, type }];
      });
    },
    meet(names) {
      if (names.length > 0) checker.getSymbolAtLocation(names);
    },
    nodeOf: (handle) => handle?.resolve(project),
    print: (type) =>
      type.isIntrinsicType() && !type.isErrorType()
        ? type.intrinsicName
        : kept(printed, type.id, () => checker.typeToString(type)),
    typeNodeOf: (type) => checker.typeToTypeNode(type, undefined, noAliasNoTruncation),
    diagnosticsOf: (file) =>
      kept(diagnostics, file, () => [
        ...project.program.getSyntacticDiagnostics(file),
        ...project.program.getSemanticDiagnostics(file),
      ]),
    isOwnDeclaration: (symbol) =>
      symbol?.declarations.some(({ path }) => path.toLowerCase().startsWith(ownPrefix)) ?? false,
  };
  return session;
}

function kept<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined || known.has(key)) return found as Value;
  const made = make();
  known.set(key, made);
  return made;
}

function membersOf(session: CheckerSession, type: Type): ObjectMembers {
  const { checker } = session.project;
  const form = formOf(session, type);
  return {
    properties: session.typed(session.propertiesOf(type)),
    index: form === 'properties' ? [] : checker.getIndexInfosOfType(type),
    callSignatures: form === 'any' ? session.callSignaturesOf(type) : [],
  };
}

/** What a type can have beside properties, as far as its source shows it without a question. */
function formOf(session: CheckerSession, type: Type): 'properties' | 'index' | 'any' {
  if (declaresPropertiesOnly(session, type)) return 'properties';
  if (!type.isObjectType()) return 'any';
  if (isWrittenOut(session, type)) return 'properties';
  if ((type.objectFlags & ObjectFlags.Mapped) !== 0) return 'index';
  return (type.objectFlags & ObjectFlags.ObjectLiteral) !== 0 ? 'index' : 'any';
}

function constituentsOf(type: Type): readonly Type[] {
  const composed = type.isUnionType() || type.isIntersectionType() || type.isTemplateLiteralType();
  return composed ? type.getTypes() : [type];
}

/** `{ a: string }` or an interface without bases: its source shows that nothing else needs to be asked for. */
export function declaresPropertiesOnly(session: CheckerSession, type: Type): boolean {
  if (!type.isObjectType() || (type.objectFlags & ObjectFlags.Mapped) !== 0) return false;
  const declarations = type.getSymbol()?.declarations ?? [];
  return (
    declarations.length > 0 &&
    declarations.every((handle) => {
      if (handle.kind !== SyntaxKind.TypeLiteral && handle.kind !== SyntaxKind.InterfaceDeclaration)
        return false;
      const node = session.nodeOf(handle) as MemberList | undefined;
      if (node === undefined || (node.heritageClauses?.length ?? 0) > 0) return false;
      return node.members.every(({ kind }) => kind === SyntaxKind.PropertySignature);
    })
  );
}

/** `{ a: 1, b }` in an expression: without a computed name or a spread, it has what is written there. */
function isWrittenOut(session: CheckerSession, type: Type): boolean {
  const [handle, other] = type.getSymbol()?.declarations ?? [];
  if (handle?.kind !== SyntaxKind.ObjectLiteralExpression || other !== undefined) return false;
  const node = session.nodeOf(handle) as ObjectLiteral | undefined;
  return (
    node?.properties.every(
      ({ kind, name }) => plainMembers.has(kind) && name?.kind !== SyntaxKind.ComputedPropertyName,
    ) === true
  );
}

const plainMembers: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
]);

interface ObjectLiteral extends Node {
  readonly properties: readonly (Node & { readonly name?: Node })[];
}

interface MemberList extends Node {
  readonly members: readonly Node[];
  readonly heritageClauses?: readonly Node[];
}
