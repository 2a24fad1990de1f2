import type { Tool } from '@modelcontextprotocol/server';
import type { Principal } from '../contract/call-context.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { Endpoint, Snapshot } from '../registry/snapshot.ts';
import { closestName } from '../signatures/closest-name.ts';
import { isTool } from './is-tool.ts';
import { toolNames } from './tool-names.ts';
import { toTool, type ToolSchemas } from './to-tool.ts';

/** Many clients read one page only, so pages are large. Tools. */
const pageSize = 500;
/** Comparing names takes time, and strangers to the list may ask for any. */
const mostSuggestions = 1_000;

export interface ToolPage {
  readonly tools: Tool[];
  readonly nextCursor?: string;
}

/** The tools of one snapshot. */
export interface ToolCatalog {
  find(name: string): Endpoint | undefined;
  /** The tool that was probably meant, among those that the principal may call. */
  suggest(name: string, principal: Principal): string | undefined;
  /** In the order of their names; undefined for a cursor that is none of ours. */
  page(principal: Principal, cursor: string | undefined): ToolPage | undefined;
}

export interface ToolCatalogOptions {
  /** By tool name; served beside the functions. */
  readonly adminTools: ReadonlyMap<string, Endpoint>;
  readonly schemas: ToolSchemas;
  readonly logs: LogPort;
}

/** Gives each snapshot's catalog; it is made once and goes with the snapshot. */
export function createToolCatalogs(options: ToolCatalogOptions): (snapshot: Snapshot) => ToolCatalog {
  const catalogs = new WeakMap<Snapshot, ToolCatalog>();
  const describe = createToolDescriber(options);
  return (snapshot) => {
    let catalog = catalogs.get(snapshot);
    if (catalog === undefined) {
      catalog = createToolCatalog(endpointsByName(snapshot, options.adminTools), describe);
      catalogs.set(snapshot, catalog);
    }
    return catalog;
  };
}

type Describe = (name: string, endpoint: Endpoint) => Tool;

function createToolCatalog(endpoints: ReadonlyMap<string, Endpoint>, describe: Describe): ToolCatalog {
  const names = [...endpoints.keys()].sort((a, b) => (a < b ? -1 : 1));
  const visible = (principal: Principal) => (name: string) =>
    endpoints.get(name)?.options.roles?.every((role) => principal.roles.includes(role)) !== false;
  return {
    find: (name) => endpoints.get(name),
    suggest: (name, principal) =>
      names.length > mostSuggestions ? undefined : closestName(name, names.filter(visible(principal))),
    page(principal, cursor) {
      const after = cursor === undefined ? '' : fromCursor(cursor);
      if (after === undefined) return undefined;
      // A name, not a number: what is added or removed meanwhile shifts no page.
      const rest = names.filter((name) => name > after).filter(visible(principal));
      const page = rest.slice(0, pageSize);
      const last = rest.length > pageSize ? page.at(-1) : undefined;
      return {
        tools: page.flatMap((name) => {
          const endpoint = endpoints.get(name);
          return endpoint === undefined ? [] : [describe(name, endpoint)];
        }),
        ...(last === undefined ? {} : { nextCursor: toCursor(last) }),
      };
    },
  };
}

function endpointsByName(
  snapshot: Snapshot,
  adminTools: ReadonlyMap<string, Endpoint>,
): ReadonlyMap<string, Endpoint> {
  const served = [...snapshot.endpoints.values()].filter(isTool);
  const names = toolNames(
    served.map((endpoint) => endpoint.path),
    new Set(adminTools.keys()),
  );
  return new Map([
    ...adminTools,
    ...served.map((endpoint) => [names.get(endpoint.path) ?? endpoint.path, endpoint] as const),
  ]);
}

/** A tool is described once per endpoint and name. */
function createToolDescriber({ schemas, logs }: ToolCatalogOptions): Describe {
  const described = new WeakMap<Endpoint, Tool>();
  return (name, endpoint) => {
    const known = described.get(endpoint);
    if (known !== undefined) return known.name === name ? known : { ...known, name };
    const tool = describeSafely(name, endpoint, { schemas, logs });
    described.set(endpoint, tool);
    return tool;
  };
}

/** One schema that cannot be made must not cost the agent the whole list. */
function describeSafely(
  name: string,
  endpoint: Endpoint,
  { schemas, logs }: Pick<ToolCatalogOptions, 'schemas' | 'logs'>,
): Tool {
  try {
    return toTool(name, endpoint, schemas);
  } catch (err) {
    const { path, signature } = endpoint;
    logs.error(`The tool of '${path}' could not be described`, { err, endpoint: path });
    return { name, description: `${path}: ${signature.text}`, inputSchema: { type: 'object' } };
  }
}

function toCursor(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function fromCursor(cursor: string): string | undefined {
  const name = Buffer.from(cursor, 'base64url').toString();
  return /^[\w-]{1,64}$/.test(name) && toCursor(name) === cursor ? name : undefined;
}
