import type { Tool } from '@modelcontextprotocol/server';
import type { Signature } from '../contract/signature.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import { longestResponse, mostItems } from './result-limits.ts';

export interface ToolSchemas {
  /** JSON Schema of an endpoint's arguments: an object at the top. */
  readonly input: (endpoint: Endpoint) => unknown;
  /** JSON Schema of what the function gives back; of one item, when it gives a stream. */
  readonly output: (endpoint: Endpoint) => unknown;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** Longer first sentences are no titles. Characters. */
const longestTitle = 80;

/** The function as agents see it; `name` is the tool's. */
export function toTool(name: string, endpoint: Endpoint, schemas: ToolSchemas): Tool {
  const { path, signature } = endpoint;
  const outputSchema = toOutputSchema(signature, schemas.output(endpoint) as JsonSchema);
  return {
    name,
    title: toTitle(signature) ?? path,
    description: toDescription(endpoint),
    inputSchema: { ...(schemas.input(endpoint) as JsonSchema), type: 'object' },
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...toAnnotations(signature),
    _meta: {
      'api-deploy/endpoint': path,
      ...(signature.deprecated === true ? { 'api-deploy/deprecated': true } : {}),
    },
  };
}

/** The first sentence or line of the doc comment, where it is short enough. */
function toTitle({ description }: Signature): string | undefined {
  const first = /^[^\n]*?(?=[.!?](?:\s|$)|\n|$)/.exec(description)?.[0].trim() ?? '';
  return first === '' || first.length > longestTitle ? undefined : first;
}

function toDescription({ path, signature }: Endpoint): string {
  const lines = [
    signature.deprecated === true ? 'Deprecated: it may be removed.' : '',
    signature.description === '' ? `Calls ${path}: ${signature.text}` : signature.description,
    signature.returnsDescription === undefined ? '' : `Returns: ${signature.returnsDescription}`,
    kindNote(signature),
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

function kindNote({ returns }: Signature): string {
  switch (returns.kind) {
    case 'value':
      return '';
    case 'stream':
      return `Gives the items of a stream as one list, the first ${mostItems} at most.`;
    case 'response':
      return `Gives the body of an HTTP response, as far as it is text of at most ${longestResponse} bytes.`;
    default: {
      const check: never = returns.kind;
      return check;
    }
  }
}

/** `structuredContent` must be an object, so what the function gave is its `result`. */
function toOutputSchema({ returns }: Signature, schema: JsonSchema): Tool['outputSchema'] {
  if (returns.kind === 'response') return undefined;
  const { $schema, $defs, ...result } = schema;
  return {
    ...($schema === undefined ? {} : { $schema: $schema as string }),
    type: 'object',
    properties:
      returns.kind === 'value'
        ? { result }
        : {
            result: { type: 'array', items: result },
            truncated: { type: 'boolean', description: 'Whether the stream had more items.' },
          },
    required: ['result'],
    ...($defs === undefined ? {} : { $defs }),
  };
}

/** Nothing is claimed about a function whose author said nothing: agents then expect the worst. */
function toAnnotations({ effect }: Signature): Pick<Tool, 'annotations'> {
  if (effect === undefined) return {};
  const readOnlyHint = effect === 'readonly';
  return { annotations: { readOnlyHint, destructiveHint: !readOnlyHint } };
}
