import { asText, type JsonObject } from '../../importers/read-node.ts';
import type { ImportedEnvironment } from '../../importers/importer.ts';

/** Environments that say where the service is, as servers. */
export function toServers(environments: readonly ImportedEnvironment[]): JsonObject {
  const servers = environments.flatMap(({ name, variables }): JsonObject[] => {
    const base = variables.find((variable) => variable.name === 'baseUrl');
    if (typeof base?.value !== 'string' || base.value === '') return [];
    const values = new Map(variables.map((variable) => [variable.name, asText(variable.value)]));
    const used = [...base.value.matchAll(/\{\{\s*([^\s{}|]+)\s*\}\}/g)].map((match) => match[1] ?? '');
    const defaults = used
      .filter((one) => values.has(one))
      .map((one) => [one, { default: values.get(one) ?? '' }]);
    return [
      {
        url: base.value.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, '{$1}'),
        ...(name === base.value ? {} : { description: name }),
        ...(defaults.length === 0 ? {} : { variables: Object.fromEntries(defaults) as JsonObject }),
      },
    ];
  });
  return servers.length === 0 ? {} : { servers };
}
