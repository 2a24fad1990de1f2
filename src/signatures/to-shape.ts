import type { Definition, Shape } from '../contract/signature.ts';
import { TypeFlags, type Node, type Type } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { applyTags } from './apply-tags.ts';
import { referredNames } from './child-shapes.ts';
import { intersectionShape, plainerUnion, unionMembersShape } from './composed-shape.ts';
import { ownDocCommentOf } from './declarations.ts';
import { resolveShape } from './discriminator.ts';
import { libraryShape } from './library-shape.ts';
import { objectShape } from './object-shape.ts';
import { OpenTypes, type Open } from './open-types.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { Direction, OptionalShape, ShapeWalker } from './shape-walker.ts';
import type { Warn } from './signature-warnings.ts';
import { templateShape } from './template-pattern.ts';
import { tupleShape, tupleTargetOf } from './tuple-shape.ts';
import { isPlainUnion, isUndefined } from './type-kinds.ts';
import { fitName, typeNameOf, type TypeName } from './type-name.ts';
import { unfitMessage } from './unfit-message.ts';
import { unionShape } from './union-shape.ts';

/** Turns types of one signature into shapes; what has a name or is recursive ends up in `definitions`. */
export interface ShapeWalk extends ShapeWalker {
  /** An `any` was met: on purpose, or because something could not be resolved. */
  readonly metAny: boolean;
  /** Of all types from here on. Default: `input`. */
  turnTo(direction: Direction): void;
  /** The definitions that these shapes refer to, directly or not, in the order met. */
  definitionsOf(shapes: readonly Shape[]): Readonly<Record<string, Definition>>;
}

/** Deeper types are generic types that grow without end. */
const maxDepth = { input: 60, output: 30 } as const satisfies Record<Direction, number>;
/** Instances of one generic type inside each other, in what is returned. */
const maxInstances = 8;
/** More shapes in one signature are a mistake, such as the type of a whole library. */
const maxShapes = 20_000;
/** Properties of a returned type that are looked at; a save must not wait for the type of a whole library. */
const maxReturnedProperties = 1000;

export function createShapeWalk(session: CheckerSession, warn: Warn): ShapeWalk {
  return new Walk(session, warn);
}

class Walk implements ShapeWalk {
  readonly session: CheckerSession;
  readonly warn: Warn;
  readonly definitions: Record<string, Definition> = {};
  direction: Direction = 'input';
  metAny = false;
  /** By id of the type; those of the other direction are kept as long as they hold for both. */
  #done = new Map<number, Shape>();
  readonly #open = new OpenTypes();
  #shapes = 0;
  #returnedProperties = 0;

  constructor(session: CheckerSession, warn: Warn) {
    this.session = session;
    this.warn = warn;
  }

  turnTo(direction: Direction): void {
    this.direction = direction;
    const differing = this.#open.takeDiffering();
    this.#done = new Map([...this.#done].filter(([id]) => !differing.has(id)));
  }

  definitionsOf(shapes: readonly Shape[]): Readonly<Record<string, Definition>> {
    const { definitions } = this;
    const names = referredNames(shapes, (name) => resolveShape({ kind: 'ref', name }, definitions));
    const used = names.flatMap((name): [string, Definition][] => {
      const definition = definitions[name];
      return definition === undefined ? [] : [[name, definition]];
    });
    return Object.fromEntries(used);
  }

  optionalShapeOf(type: Type, path: string, written?: Node): OptionalShape {
    const members = isPlainUnion(type) ? this.session.constituents(type) : [type];
    if (members.every((member) => isUndefined(member)))
      return { shape: { kind: 'undefined' }, optional: true };
    const optional = members.some((member) => isUndefined(member));
    return { shape: this.shapeOf(type, path, written), optional };
  }

  elementShapeOf(type: Type, path: string, written?: Node): Shape {
    const { shape, optional } = this.optionalShapeOf(type, path, written);
    if (!optional) return shape;
    this.noteDifference();
    if (this.direction === 'input') return shape;
    return shape.kind === 'undefined' ? { kind: 'null' } : unionShape([shape, { kind: 'null' }]);
  }

  shapeOf(type: Type, path: string, written?: Node): Shape {
    this.#shapes += 1;
    if (this.#shapes > maxShapes || this.#open.depth > maxDepth[this.direction]) {
      if (this.direction === 'output') return { kind: 'unknown' };
      throw new ShapeProblem(`is too large or never ends; give it a plainer type`, { path });
    }
    return this.#simpleShape(type, path) ?? this.#structuredShape(type, path, written);
  }

  refuse(type: Type, path: string): Shape {
    this.noteDifference();
    if (this.direction === 'output') return { kind: 'unknown' };
    throw new ShapeProblem(unfitMessage(type, this.session.print(type)), { path });
  }

  noteDifference(): void {
    this.#open.noteDifference();
  }

  spend(properties: number): boolean {
    if (this.direction === 'input') return true;
    this.#returnedProperties += properties;
    return this.#returnedProperties <= maxReturnedProperties;
  }

  #simpleShape(type: Type, path: string): Shape | undefined {
    const { flags } = type;
    if (type.isErrorType()) {
      if (this.direction === 'output') return { kind: 'unknown' };
      const message = `has type '${this.session.print(type)}', which cannot be resolved`;
      throw new ShapeProblem(message, { path, unresolved: true });
    }
    if ((flags & TypeFlags.AnyOrUnknown) !== 0) {
      this.metAny ||= (flags & TypeFlags.Any) !== 0;
      return { kind: 'unknown' };
    }
    if (type.isBigIntLiteralType()) return { kind: 'bigintLiteral', value: String(type.value) };
    if (type.isBooleanLiteralType() || type.isStringLiteralType() || type.isNumberLiteralType()) {
      return { kind: 'literal', value: type.value };
    }
    for (const [flag, kind] of primitives) if ((flags & flag) !== 0) return { kind };
    return type.isTemplateLiteralType() || type.isStringMappingType()
      ? templateShape(this.session, type)
      : undefined;
  }

  /** A type inside itself becomes a reference. */
  #structuredShape(type: Type, path: string, written: Node | undefined): Shape {
    const known = this.#done.get(type.id);
    if (known !== undefined) {
      this.#open.meetDone(type);
      return known;
    }
    const around = this.#open.meetAgain(type);
    if (around !== undefined) {
      around.name ??= this.#freeName(recursiveName(type));
      return { kind: 'ref', name: around.name };
    }
    const plainer = isPlainUnion(type) ? plainerUnion(this, type, { path, written }) : undefined;
    return plainer ?? this.#newShape(type, path, written);
  }

  #newShape(type: Type, path: string, written: Node | undefined): Shape {
    const named = typeNameOf(this.session, type, written);
    const declaration = named?.declaration;
    if (this.direction === 'output' && declaration !== undefined) {
      if (this.#open.countOf(declaration) >= maxInstances) return { kind: 'unknown' };
    }
    const name = named === undefined ? undefined : this.#freeName(named.name);
    const entry = this.#open.push({ type, name, declaration });
    const shape = this.#defined(this.#walk(type, path, written), entry, named);
    this.#open.pop();
    this.#done.set(type.id, shape);
    return shape;
  }

  #walk(type: Type, path: string, written: Node | undefined): Shape {
    if (type.isUnionType()) return unionMembersShape(this, type, path);
    if (type.isIntersectionType()) return intersectionShape(this, type, path);
    if (!type.isObjectType()) return this.refuse(type, path);
    const library = libraryShape(this, type, { path, written });
    if (library !== undefined) return library;
    const target = tupleTargetOf(type);
    if (target !== undefined) return tupleShape(this, type, { target, path });
    return objectShape(this, type, path);
  }

  /** Puts what has a name, or needs one, into the definitions. */
  #defined(walked: Shape, entry: Open, named: TypeName | undefined): Shape {
    const doc = named === undefined ? undefined : ownDocCommentOf(named.declaration);
    const tags = (doc?.tags ?? []).filter(({ name }) => !ofTypes.has(name));
    const { definitions, warn } = this;
    const shape =
      tags.length === 0
        ? walked
        : applyTags(walked, tags, { name: named?.name ?? '', optional: true, definitions, warn }).shape;
    if (entry.name === undefined || !(entry.recursive || composed.has(shape.kind))) return shape;
    const description = doc?.description ?? '';
    this.definitions[entry.name] = { shape, ...(description === '' ? {} : { description }) };
    return { kind: 'ref', name: entry.name };
  }

  /** The name, or the first one after it that is not taken: `User2`, `Page_1_2`. */
  #freeName(base: string): string {
    const open = this.#open.names;
    const prefix = /\d$/.test(base) ? `${base}_` : base;
    let name = base;
    for (let n = 2; open.has(name) || Object.hasOwn(this.definitions, name); n += 1) name = `${prefix}${n}`;
    return name;
  }
}

function recursiveName(type: Type): string {
  const own = type.getAliasSymbol()?.name ?? type.getSymbol()?.name ?? '';
  return own === '' || own.startsWith('__') ? 'Recursive' : fitName(own);
}

/** Tags that say something about a type without constraining it. */
const ofTypes: ReadonlySet<string> = new Set(['default', 'example', 'deprecated']);

/** Shapes that are worth a name. */
const composed: ReadonlySet<Shape['kind']> = new Set(['object', 'union']);

const primitives = [
  [TypeFlags.String, 'string'],
  [TypeFlags.NumberLike, 'number'],
  [TypeFlags.BigInt, 'bigint'],
  [TypeFlags.Boolean, 'boolean'],
  [TypeFlags.Null, 'null'],
  [TypeFlags.VoidLike, 'undefined'],
  [TypeFlags.Never, 'never'],
  [TypeFlags.NonPrimitive, 'anyObject'],
] as const satisfies readonly (readonly [TypeFlags, Shape['kind']])[];
