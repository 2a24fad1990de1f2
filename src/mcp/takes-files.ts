import type { Shape, Signature } from '../contract/signature.ts';

/** Whether a parameter is, or holds, an uploaded file: JSON arguments cannot carry one. */
export function takesFiles(signature: Signature): boolean {
  const seen = new Set<string>();
  const holdsFile = (shape: Shape): boolean => {
    switch (shape.kind) {
      case 'file':
        return true;
      case 'union':
        return shape.members.some(holdsFile);
      case 'array':
      case 'set':
        return holdsFile(shape.element);
      case 'tuple':
        return shape.elements.some((element) => holdsFile(element.shape));
      case 'map':
        return holdsFile(shape.key) || holdsFile(shape.value);
      case 'object':
        return (
          shape.properties.some((property) => holdsFile(property.shape)) ||
          (shape.index ?? []).some((index) => holdsFile(index.value))
        );
      case 'ref': {
        const definition = signature.definitions[shape.name];
        if (definition === undefined || seen.has(shape.name)) return false;
        seen.add(shape.name);
        return holdsFile(definition.shape);
      }
      default:
        return false;
    }
  };
  return signature.parameters.some((parameter) => holdsFile(parameter.shape));
}
