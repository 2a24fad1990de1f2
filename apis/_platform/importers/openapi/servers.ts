import type { Json } from '../../model/json.ts';
import type { ImportedEnvironment, ImportedVariable } from '../importer.ts';
import { at, listAt, objectAt, shorten, textAt } from '../read-node.ts';
import { childOf, childrenOf, type Located } from './documents.ts';
import { note, type Reading } from './reading.ts';

/** An environment for each server: `baseUrl`, and the server's own variables with their defaults. */
export function readServers(reading: Reading): ImportedEnvironment[] {
  const { root } = reading.documents;
  const servers =
    reading.version === '2.0' ? oldServers(reading) : newServers(reading, childOf(root, 'servers'));
  const names = new Set<string>();
  return servers.flatMap(({ name, url, variables }) => {
    if (!/^(?:https?:\/\/|\{\{)/i.test(url)) {
      note(
        reading,
        root,
        `server '${url}'`,
        'it is relative to where the document was: set the variable baseUrl',
      );
      return [];
    }
    const base = shorten(name === '' ? url : name, 95);
    let unique = base;
    for (let turn = 2; names.has(unique); turn++) unique = `${base} ${turn}`;
    names.add(unique);
    return [{ name: unique, variables: [{ name: 'baseUrl', value: url.replace(/\/+$/, '') }, ...variables] }];
  });
}

interface Server {
  name: string;
  url: string;
  variables: ImportedVariable[];
}

function newServers(reading: Reading, node: Located<Json | undefined>): Server[] {
  return childrenOf(node).flatMap(([, server]): Server[] => {
    const url = textAt(server.value, 'url');
    if (url === undefined) {
      note(reading, server, 'server', "it lacks 'url'");
      return [];
    }
    const variables = objectAt(server.value, 'variables');
    for (const [name, variable] of Object.entries(variables)) {
      if (listAt(variable, 'enum').length > 1)
        note(reading, server, `further values of the variable '${name}'`, 'the default is taken');
    }
    return [
      {
        name: textAt(server.value, 'description') ?? '',
        url: url.replaceAll(/\{([^{}]+)\}/g, '{{$1}}'),
        variables: Object.entries(variables).map(([name, variable]) => ({
          name,
          value: textAt(variable, 'default') ?? '',
        })),
      },
    ];
  });
}

function oldServers(reading: Reading): Server[] {
  const { root } = reading.documents;
  const host = textAt(root.value, 'host');
  const basePath = textAt(root.value, 'basePath') ?? '';
  if (host === undefined)
    return basePath === '' || basePath === '/' ? [] : [{ name: '', url: basePath, variables: [] }];
  const given = at(root.value, 'schemes');
  const schemes =
    Array.isArray(given) && given.length > 0 ? given.filter((one) => typeof one === 'string') : ['https'];
  const others = schemes.filter((scheme) => !/^https?$/i.test(scheme));
  if (others.length > 0)
    note(reading, childOf(root, 'schemes'), `schemes ${others.join(', ')}`, 'only HTTP is spoken here');
  return schemes
    .filter((scheme) => /^https?$/i.test(scheme))
    .map((scheme) => ({
      name: '',
      url: `${scheme}://${host}${basePath.replace(/\/+$/, '')}`,
      variables: [],
    }));
}

/** Where an operation's own `servers` send it, variables replaced by their defaults; undefined without any. */
export function ownServer(reading: Reading, nodes: Located<Json | undefined>[]): string | undefined {
  for (const node of nodes) {
    const [first, ...others] = childrenOf(node);
    const url = textAt(first?.[1].value, 'url');
    if (first === undefined || url === undefined) continue;
    if (others.length > 0) note(reading, node, 'further servers of an operation', 'the first one is taken');
    const variables = objectAt(first[1].value, 'variables');
    const filled = url.replaceAll(
      /\{([^{}]+)\}/g,
      (_, name: string) => textAt(at(variables, name), 'default') ?? `{{${name}}}`,
    );
    return filled.replace(/\/+$/, '');
  }
  return undefined;
}
