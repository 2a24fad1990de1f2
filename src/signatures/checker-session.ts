import {
  ObjectFlags,
  SignatureKind,
  SyntaxKind,
  type CallSignature,
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
  /** Folder of the runtime's own declarations. */
  readonly declarationsDir: string;
  members(type: Type): ObjectMembers;
  /** Types of a union or an intersection. */
  constituents(type: Type): readonly Type[];
  /** Asked for together, the types of many symbols cost as much as that of one. */
  typed(symbols: readonly TypeSymbol[]): readonly TypedSymbol[];
  nodeOf(handle: NodeHandle | undefined): Node | undefined;
  print(type: Type): string;
  isOwnDeclaration(symbol: TypeSymbol | undefined): boolean;
}

export function createCheckerSession(project: Project, declarationsDir: string): CheckerSession {
  const { checker } = project;
  // Paths of declarations are in lower case where the file system does not tell cases apart.
  const ownPrefix = `${declarationsDir.replaceAll('\\', '/').toLowerCase()}/`;
  const members = new Map<number, ObjectMembers>();
  const constituents = new Map<number, readonly Type[]>();
  const types = new Map<number, Type>();
  const session: CheckerSession = {
    project,
    declarationsDir,
    members(type) {
      let known = members.get(type.id);
      if (known === undefined) {
        const symbols = checker.getPropertiesOfType(type);
        const plain = declaresPropertiesOnly(session, type);
        known = {
          properties: session.typed(symbols),
          index: plain ? [] : checker.getIndexInfosOfType(type),
          callSignatures: plain ? [] : checker.getSignaturesOfType(type, SignatureKind.Call),
        };
        members.set(type.id, known);
      }
      return known;
    },
    constituents(type) {
      let known = constituents.get(type.id);
      if (known === undefined) {
        known = type.isUnionType() || type.isIntersectionType() ? type.getTypes() : [type];
        constituents.set(type.id, known);
      }
      return known;
    },
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
    nodeOf: (handle) => handle?.resolve(project),
    print(type) {
      return type.isIntrinsicType() && !type.isErrorType() ? type.intrinsicName : checker.typeToString(type);
    },
    isOwnDeclaration: (symbol) =>
      symbol?.declarations.some(({ path }) => path.toLowerCase().startsWith(ownPrefix)) ?? false,
  };
  return session;
}

/** `{ a: string }` or an interface without bases: its source shows that nothing else needs to be asked for. */
function declaresPropertiesOnly(session: CheckerSession, type: Type): boolean {
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

interface MemberList extends Node {
  readonly members: readonly Node[];
  readonly heritageClauses?: readonly Node[];
}
