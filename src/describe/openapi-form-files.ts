import type { Parameter, Shape, Signature } from '../contract/signature.ts';

/** A part of a form that is a file, or, when there may be many, each of several parts of one name. */
export interface FilePart {
  readonly parameter: Parameter;
  readonly many: boolean;
}

export interface SplitRequest {
  /** The signature of what travels as JSON: all that is no file. */
  readonly json: Signature;
  readonly files: readonly FilePart[];
}

/**
 * Takes the files out of a signature, for they cannot travel as JSON. They are parameters of their own, or
 * lists that are: a signature has none further in.
 */
export function splitRequest(signature: Signature): SplitRequest {
  const parameters: Parameter[] = [];
  const files: FilePart[] = [];
  for (const parameter of signature.parameters) {
    const taken = filesIn(parameter.shape, signature, []);
    if (taken === undefined) parameters.push(parameter);
    else files.push({ parameter, many: taken === 'many' });
  }
  return { json: files.length === 0 ? signature : { ...signature, parameters }, files };
}

/** Whether a place takes a file, or a list of files. `inside`: names of the definitions around. */
function filesIn(shape: Shape, signature: Signature, inside: readonly string[]): 'one' | 'many' | undefined {
  switch (shape.kind) {
    case 'file':
      return 'one';
    case 'array':
    case 'set':
      return filesIn(shape.element, signature, inside) === undefined ? undefined : 'many';
    case 'tuple':
      return shape.elements.some((element) => filesIn(element.shape, signature, inside) !== undefined)
        ? 'many'
        : undefined;
    case 'union': {
      const members = shape.members.map((member) => filesIn(member, signature, inside));
      return members.includes('many') ? 'many' : members.find((member) => member !== undefined);
    }
    case 'ref': {
      const definition = signature.definitions[shape.name];
      if (definition === undefined || inside.includes(shape.name)) return undefined;
      return filesIn(definition.shape, signature, [...inside, shape.name]);
    }
    default:
      return undefined;
  }
}
