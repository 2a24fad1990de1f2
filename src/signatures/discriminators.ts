import type { Parameter, Returned, Shape } from '../contract/signature.ts';
import { findTagged, resolveShape, type Definitions } from './discriminator.ts';

interface Shapes {
  readonly parameters: readonly Parameter[];
  readonly returns: Returned;
  readonly definitions: Definitions;
}

/**
 * The same shapes, in which each union of objects names the property that tells its members apart. In
 * `A | B | null` the objects become a union of their own for that.
 */
export function withDiscriminators({ parameters, returns, definitions }: Shapes): Shapes {
  const known = new Map<Shape, Shape>();
  const mark = (shape: Shape): Shape => {
    let marked = known.get(shape);
    if (marked === undefined) {
      marked = markInside(shape, mark, definitions);
      known.set(shape, marked);
    }
    return marked;
  };
  return {
    parameters: parameters.map((parameter) => ({ ...parameter, shape: mark(parameter.shape) })),
    returns: { ...returns, shape: mark(returns.shape) },
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, one]) => [name, { ...one, shape: mark(one.shape) }]),
    ),
  };
}

type Mark = (shape: Shape) => Shape;

function markInside(shape: Shape, mark: Mark, definitions: Definitions): Shape {
  switch (shape.kind) {
    case 'union':
      return markUnion(shape.members.map(mark), definitions);
    case 'array':
    case 'set':
      return { ...shape, element: mark(shape.element) };
    case 'map':
      return { ...shape, key: mark(shape.key), value: mark(shape.value) };
    case 'tuple':
      return {
        ...shape,
        elements: shape.elements.map((element) => ({ ...element, shape: mark(element.shape) })),
      };
    case 'object': {
      const properties = shape.properties.map((one) => ({ ...one, shape: mark(one.shape) }));
      const index = shape.index?.map((one) => ({ ...one, value: mark(one.value) }));
      return { ...shape, properties, ...(index === undefined ? {} : { index }) };
    }
    default:
      return shape;
  }
}

function markUnion(members: readonly Shape[], definitions: Definitions): Shape {
  const objects = members.filter((member) => resolveShape(member, definitions).kind === 'object');
  const discriminator = findTagged(objects, definitions)?.property;
  if (discriminator === undefined) return { kind: 'union', members };
  const branches: Shape = { kind: 'union', members: objects, discriminator };
  if (objects.length === members.length) return branches;
  const others = members.filter((member) => !objects.includes(member));
  return { kind: 'union', members: [branches, ...others] };
}
