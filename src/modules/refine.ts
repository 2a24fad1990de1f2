import type { Endpoint } from '../registry/snapshot.ts';
import type { DeriveResult, FileSignatures } from '../signatures/signature-checker.ts';
import type { LiveModules, ServedModule } from './live-modules.ts';

/**
 * Takes over what was derived after modules had begun to serve: the types of their results, warnings and type
 * errors. `asked` are the modules as they were then; one that was replaced meanwhile is left alone.
 *
 * Tells the paths of the functions whose result is of another type than was known.
 */
export function refine(
  live: LiveModules,
  asked: ReadonlyMap<string, ServedModule | undefined>,
  derived: DeriveResult,
): string[] {
  const changed: string[] = [];
  for (const [file, signatures] of derived) {
    const module = live.served.get(file);
    if (module === undefined || module !== asked.get(file)) continue;
    live.types.set(file, signatures);
    const endpoints = module.endpoints.map((endpoint) => refined(endpoint, signatures));
    const others = endpoints.filter((endpoint, index) => endpoint !== module.endpoints[index]);
    if (others.length > 0) live.serve(file, { ...module, endpoints });
    changed.push(...others.map(({ path }) => path));
  }
  return changed;
}

/** What a function takes is left as its validator has it. */
function refined(endpoint: Endpoint, { functions }: FileSignatures): Endpoint {
  const found = functions[endpoint.name];
  if (found === undefined || !('signature' in found) || endpoint.options.input !== undefined) return endpoint;
  const { signature } = found;
  const before = endpoint.signature;
  if (JSON.stringify(signature.parameters) !== JSON.stringify(before.parameters)) return endpoint;
  return JSON.stringify(signature) === JSON.stringify(before) ? endpoint : { ...endpoint, signature };
}
