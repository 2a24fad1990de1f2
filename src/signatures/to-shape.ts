import type { Property, Shape, TupleElement } from '../contract/signature.ts';
import { ElementFlags, SymbolFlags, SyntaxKind, TypeFlags } from './checker.ts';
import type { TupleType, Type, TypeReference } from './checker.ts';
import type { CheckerSession, TypedSymbol } from './checker-session.ts';
import { isHiddenMember, lacksType, ownDocCommentOf } from './declarations.ts';
import { ShapeProblem } from './shape-problem.ts';
import { isClassMember, isConstructor, isDate, isForeign, isListType, isPlainUnion } from './type-kinds.ts';
import { unfitMessage } from './unfit-message.ts';
import { unionShape } from './union-shape.ts';

/** Turns types of one signature into shapes; what is recursive ends up in `definitions`. */
export interface ShapeWalk {
  readonly definitions: Readonly<Record<string, Shape>>;
  /** An `any` was met: on purpose, or because something could not be resolved. */
  readonly metAny: boolean;
  /**
   * `optional` tells that the type allows `undefined`, which in JSON means that the value is left out.
   * `path` names the value in messages.
   *
   * @throws ShapeProblem when the type has no JSON form
   */
  toShape(type: Type, path: string): { readonly shape: Shape; readonly optional: boolean };
}

/** Deeper types are generic types that grow without end. */
const maxDepth = 60;
/** More shapes in one signature are a mistake, such as the type of a whole library. */
const maxShapes = 20_000;

interface Open {
  readonly id: number;
  readonly type: Type;
  name: string | undefined;
}

export function createShapeWalk(session: CheckerSession): ShapeWalk {
  return new Walk(session);
}

class Walk implements ShapeWalk {
  readonly definitions: Record<string, Shape> = {};
  metAny = false;
  readonly #session: CheckerSession;
  readonly #done = new Map<number, Shape>();
  /** What is being walked, from the outermost type to the innermost. */
  readonly #open: Open[] = [];
  #shapes = 0;

  constructor(session: CheckerSession) {
    this.#session = session;
  }

  toShape(type: Type, path: string): { shape: Shape; optional: boolean } {
    if ((type.flags & TypeFlags.VoidLike) !== 0) return { shape: { kind: 'undefined' }, optional: true };
    if (!isPlainUnion(type)) return { shape: this.#shapeOf(type, path), optional: false };
    const members = this.#session.constituents(type);
    const optional = members.some((member) => (member.flags & TypeFlags.VoidLike) !== 0);
    return { shape: this.#shapeOf(type, path), optional };
  }

  #shapeOf(type: Type, path: string): Shape {
    this.#shapes += 1;
    if (this.#shapes > maxShapes || this.#open.length > maxDepth) {
      throw new ShapeProblem(`is too large or never ends; give it a plainer type`, { path });
    }
    return this.#simpleShape(type, path) ?? this.#structuredShape(type, path);
  }

  #simpleShape(type: Type, path: string): Shape | undefined {
    const { flags } = type;
    if (type.isErrorType()) {
      const message = `has type '${this.#session.print(type)}', which cannot be resolved`;
      throw new ShapeProblem(message, { path, unresolved: true });
    }
    if ((flags & TypeFlags.AnyOrUnknown) !== 0) {
      this.metAny ||= (flags & TypeFlags.Any) !== 0;
      return { kind: 'unknown' };
    }
    if (type.isBooleanLiteralType() || type.isStringLiteralType() || type.isNumberLiteralType()) {
      return { kind: 'literal', value: type.value };
    }
    for (const [flag, kind] of primitives) if ((flags & flag) !== 0) return { kind };
    return (flags & TypeFlags.NonPrimitive) !== 0 ? anyObject : undefined;
  }

  /** Keeps track of what is being walked, so that a type inside itself becomes a reference. */
  #structuredShape(type: Type, path: string): Shape {
    const known = this.#done.get(type.id);
    if (known !== undefined) return known;
    const around = this.#open.find((entry) => entry.id === type.id);
    if (around !== undefined) {
      around.name ??= this.#freeName(around.type);
      return { kind: 'ref', name: around.name };
    }
    const only = isPlainUnion(type) ? this.#onlyValue(type) : undefined;
    // `User | undefined` is no type of its own: what is recursive is `User`.
    if (only !== undefined) return this.#shapeOf(only, path);
    const entry: Open = { id: type.id, type, name: undefined };
    this.#open.push(entry);
    let shape = this.#walk(type, path);
    this.#open.pop();
    if (entry.name !== undefined) {
      this.definitions[entry.name] = shape;
      shape = { kind: 'ref', name: entry.name };
    }
    this.#done.set(type.id, shape);
    return shape;
  }

  #onlyValue(type: Type): Type | undefined {
    const values = this.#session
      .constituents(type)
      .filter((member) => (member.flags & TypeFlags.VoidLike) === 0);
    return values.length === 1 ? values[0] : undefined;
  }

  #walk(type: Type, path: string): Shape {
    if (type.isUnionType()) return this.#unionOf(type, path);
    if (type.isIntersectionType()) return this.#intersectionOf(type, path);
    if (type.isObjectType()) return this.#objectTypeOf(type, path);
    throw this.#unfit(type, path);
  }

  #unionOf(type: Type, path: string): Shape {
    const members = this.#session
      .constituents(type)
      .filter((member) => (member.flags & TypeFlags.VoidLike) === 0);
    return unionShape(members.map((member) => this.#shapeOf(member, path)));
  }

  /** `string & { __brand: 'Id' }` is a string in JSON; objects are taken together. */
  #intersectionOf(type: Type, path: string): Shape {
    const members = this.#session.constituents(type);
    const value = members.find(
      (member) => (member.flags & (TypeFlags.Object | TypeFlags.NonPrimitive)) === 0,
    );
    const carrier = value ?? members.find((member) => isDate(member) || isListType(member));
    const foreign = carrier ?? members.find((member) => isForeign(member, member.getSymbol()));
    if (carrier === undefined && foreign !== undefined) throw this.#unfit(foreign, path);
    return carrier === undefined ? this.#plainObject(type, path) : this.#shapeOf(carrier, path);
  }

  #objectTypeOf(type: Type, path: string): Shape {
    if (isDate(type)) return { kind: 'date' };
    if (isListType(type)) {
      const [element] = this.#session.project.checker.getTypeArguments(type as TypeReference);
      return {
        kind: 'array',
        element: element === undefined ? { kind: 'unknown' } : this.#shapeOf(element, `${path}[]`),
      };
    }
    if (type.isTypeReference()) {
      const target = type.getTarget();
      if (target.isTupleType()) return this.#tupleOf(type, target, path);
    }
    if (type.isTupleType()) return { kind: 'tuple', elements: [] };
    return this.#plainObject(type, path);
  }

  #tupleOf(type: TypeReference, target: TupleType, path: string): Shape {
    const types = this.#session.project.checker.getTypeArguments(type);
    // The empty tuple has none.
    const allFlags = (target.elementFlags as TupleType['elementFlags'] | undefined) ?? [];
    const last = allFlags.length - 1;
    const elements = allFlags.map((flags, at): TupleElement => {
      const element = types[at];
      if ((flags & ElementFlags.Rest) !== 0 && at < last) {
        throw new ShapeProblem(
          `has type '${this.#session.print(type)}', which has a rest element before others`,
          { path },
        );
      }
      if (element === undefined || (flags & ElementFlags.Variadic) !== 0) throw this.#unfit(type, path);
      const rest = (flags & ElementFlags.Rest) !== 0;
      const { shape, optional } = this.toShape(element, `${path}[${rest ? '' : at}]`);
      return { shape, optional: !rest && ((flags & ElementFlags.Optional) !== 0 || optional), rest };
    });
    return { kind: 'tuple', elements };
  }

  #plainObject(type: Type, path: string): Shape {
    const symbol = type.getSymbol();
    if (isForeign(type, symbol)) throw this.#unfit(type, path);
    const { properties, index, callSignatures } = this.#session.members(type);
    if (callSignatures.length > 0 || isConstructor(type, symbol)) throw this.#unfit(type, path);
    const known = properties.flatMap((property) => this.#propertyOf(property, path) ?? []);
    const indexed = index.filter(({ keyType }) => (keyType.flags & TypeFlags.ESSymbolLike) === 0);
    const odd = indexed.find(({ keyType }) => (keyType.flags & (TypeFlags.String | TypeFlags.Number)) === 0);
    if (odd !== undefined) throw this.#unfit(odd.keyType, `${path}[key]`);
    if (indexed.length === 0) return { kind: 'object', properties: known };
    const values = indexed.map(({ valueType }) => this.#shapeOf(valueType, `${path}[key]`));
    return { kind: 'object', properties: known, index: unionShape(values) };
  }

  #propertyOf({ symbol, type }: TypedSymbol, path: string): Property | undefined {
    const declaration = symbol.valueDeclaration ?? symbol.declarations[0];
    const name = symbol.name;
    // Keyed by a symbol or private: nothing that JSON could carry.
    if (/^__[@#]/.test(name) || declaration?.kind === SyntaxKind.MethodDeclaration) return undefined;
    if (isClassMember(declaration?.kind)) {
      if ((symbol.flags & SymbolFlags.Accessor) !== 0 || isHiddenMember(this.#session.nodeOf(declaration)))
        return undefined;
    }
    const at = `${path}.${name}`;
    if (
      (type.flags & TypeFlags.Any) !== 0 &&
      !type.isErrorType() &&
      lacksType(this.#session.nodeOf(declaration))
    ) {
      throw new ShapeProblem(`has no type; write '${name}: string' or whatever it is`, { path: at });
    }
    const { shape, optional } = this.toShape(type, at);
    const { description } = ownDocCommentOf(this.#session.nodeOf(declaration));
    return {
      name,
      shape,
      optional: optional || (symbol.flags & SymbolFlags.Optional) !== 0,
      ...(description === '' ? {} : { description }),
    };
  }

  #freeName(type: Type): string {
    const own = type.getAliasSymbol()?.name ?? type.getSymbol()?.name ?? '';
    const base = own === '' || own.startsWith('__') ? 'Recursive' : own;
    const taken = new Set(this.#open.map((entry) => entry.name));
    let name = base;
    for (let n = 2; taken.has(name) || Object.hasOwn(this.definitions, name); n += 1) name = `${base}${n}`;
    return name;
  }

  #unfit(type: Type, path: string): ShapeProblem {
    return new ShapeProblem(unfitMessage(type, this.#session.print(type)), { path });
  }
}

const anyObject: Shape = { kind: 'object', properties: [], index: { kind: 'unknown' } };

const primitives = [
  [TypeFlags.String, 'string'],
  [TypeFlags.NumberLike, 'number'],
  [TypeFlags.Boolean, 'boolean'],
  [TypeFlags.Null, 'null'],
  [TypeFlags.VoidLike, 'undefined'],
  [TypeFlags.Never, 'never'],
] as const satisfies readonly (readonly [TypeFlags, Shape['kind']])[];
