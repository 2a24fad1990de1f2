import type { JsonValue, Parameter, Property, Shape } from '../contract/signature.ts';
import { isObjectBindingPattern } from './checker.ts';
import { applyTags } from './apply-tags.ts';
import type { CallParameter } from './call-parameters.ts';
import { destructuredDefaults, literalValueOf, ownDocCommentOf, writtenTypeOf } from './declarations.ts';
import type { DocComment, DocTag } from './doc-comments.ts';
import { misplacedFile } from './misplaced-file.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { ShapeWalk } from './to-shape.ts';

export interface ParameterToDerive {
  readonly parameter: CallParameter;
  /** The function's comment. */
  readonly doc: DocComment;
}

/** `({ id, limit }: Query) => …`: the properties of the one parameter are the body. */
export function isDestructured({ declaration }: CallParameter): boolean {
  return declaration !== undefined && isObjectBindingPattern(declaration.name);
}

/** @throws ShapeProblem when the type has no JSON form */
export function positionalParameter(walk: ShapeWalk, { parameter, doc }: ParameterToDerive): Parameter {
  const { name, declaration, rest } = parameter;
  const found = walk.optionalShapeOf(parameter.type, name, writtenTypeOf(declaration));
  const own = ownDocCommentOf(declaration);
  const tagged = withTags(walk, {
    name,
    shape: found.shape,
    optional: found.optional || parameter.optional || (rest && mayBeEmpty(found.shape)),
    tags: [...(doc.paramTags.get(name) ?? []), ...own.tags],
    description: doc.params.get(name) ?? own.description,
    initializer: literalValueOf(declaration?.initializer),
  });
  const derived = { ...tagged, rest };
  refuseMisplacedFile(walk, derived, '');
  return derived;
}

/** @throws ShapeProblem when the type has no JSON form, or is no object with known properties */
export function destructuredParameters(
  walk: ShapeWalk,
  { parameter, doc }: ParameterToDerive,
): readonly Parameter[] {
  const { declaration } = parameter;
  const { shape } = walk.optionalShapeOf(parameter.type, 'body', writtenTypeOf(declaration));
  const object = shape.kind === 'ref' ? walk.definitions[shape.name]?.shape : shape;
  if (object?.kind !== 'object' || object.index !== undefined) {
    const got = walk.session.print(parameter.type);
    throw new ShapeProblem(
      `is destructured, so its type must be an object with known properties, got '${got}'; give the parameter a name instead`,
      { path: 'body' },
    );
  }
  const untyped =
    declaration?.type === undefined &&
    object.properties.find((property) => property.shape.kind === 'unknown');
  if (untyped) {
    throw new ShapeProblem(`has no type; write '({ … }: { ${untyped.name}: string })' or give it a default`, {
      path: `body.${untyped.name}`,
    });
  }
  const defaults = declaration === undefined ? undefined : destructuredDefaults(declaration);
  return object.properties.map((property) => {
    const key = paramKeyOf(doc, property.name);
    const derived = withTags(walk, {
      ...property,
      tags: doc.paramTags.get(key) ?? [],
      description: property.description ?? doc.params.get(key) ?? '',
      initializer: defaults?.get(property.name),
    });
    refuseMisplacedFile(walk, derived, 'body.');
    return { ...derived, rest: false };
  });
}

interface Untagged extends Property {
  readonly tags: readonly DocTag[];
  readonly description: string;
  /** The default in the code, which is the true one. */
  readonly initializer: JsonValue | undefined;
}

function withTags(walk: ShapeWalk, { tags, description, initializer, ...property }: Untagged): Property {
  const { name, optional } = property;
  const { definitions, warn } = walk;
  const { shape, about } = applyTags(property.shape, tags, { name, optional, definitions, warn });
  const { defaultValue } = about;
  const tag = tags.findLast((one) => one.name === 'default');
  if (
    tag !== undefined &&
    initializer !== undefined &&
    defaultValue !== undefined &&
    defaultValue !== initializer
  ) {
    const said = JSON.stringify(defaultValue);
    warn(
      tag.place,
      `'@default' of '${name}': expected ${JSON.stringify(initializer)} as in the code, got '${said}'`,
    );
  }
  return {
    ...property,
    shape,
    ...about,
    ...(description === '' ? {} : { description }),
    ...(initializer === undefined ? {} : { defaultValue: initializer }),
  };
}

/** `limit` in `@param limit …`, or `options.limit` in `@param options.limit …`. */
function paramKeyOf(doc: DocComment, name: string): string {
  if (doc.params.has(name)) return name;
  return [...doc.params.keys()].find((key) => key.split('.').slice(1).join('.') === name) ?? name;
}

function refuseMisplacedFile(walk: ShapeWalk, property: Property, prefix: string): void {
  const path = misplacedFile(property, walk.definitions);
  if (path === undefined) return;
  throw new ShapeProblem(
    `is a file, which can only be a parameter of its own, a property of the destructured parameter, or in a list that is one of these`,
    { path: prefix + path },
  );
}

function mayBeEmpty(shape: Shape): boolean {
  if (shape.kind !== 'tuple') return true;
  return shape.elements.every((element) => element.optional || element.rest);
}
