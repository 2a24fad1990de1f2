import type { Assertion, Extraction } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import type { ImportedCollection } from '../importer.ts';
import { at, listAt, shorten, textAt } from '../read-node.ts';
import { withBuiltIns } from './dynamic-variables.ts';
import { convertScript } from '../postman-scripts/convert-script.ts';

/** What the scripts of a request, and of all folders around it, became. */
export interface Scripts {
  assertions: Assertion[];
  extractions: Extraction[];
  /** Source that has no counterpart, by its kind. */
  leftovers: { kind: 'pre-request' | 'test'; source: string }[];
}

export const noScripts: Scripts = { assertions: [], extractions: [], leftovers: [] };

/** The scripts around a request together with its own, or a folder's; what is not converted is noted once, here. */
export function addEvents(
  collection: ImportedCollection,
  outer: Scripts,
  holder: { value: Json; where: string },
): Scripts {
  const scripts: Scripts = {
    assertions: [...outer.assertions],
    extractions: [...outer.extractions],
    leftovers: [...outer.leftovers],
  };
  for (const [index, event] of listAt(holder.value, 'event').entries()) {
    const listen = textAt(event, 'listen');
    if ((listen !== 'test' && listen !== 'prerequest') || at(event, 'disabled') === true) continue;
    const source = sourceOf(event);
    if (source.trim() === '') continue;
    const kind = listen === 'test' ? 'test' : 'pre-request';
    const converted = convertScript(source, kind);
    scripts.assertions.push(
      ...(withBuiltIns(converted.assertions as unknown as Json, () => undefined) as unknown as Assertion[]),
    );
    scripts.extractions.push(...converted.extractions);
    for (const variable of converted.variables) {
      if (!collection.variables.some(({ name }) => name === variable.name))
        collection.variables.push(variable);
    }
    if (converted.leftovers.length === 0) continue;
    scripts.leftovers.push({ kind, source: converted.leftovers.map((part) => part.source).join('\n') });
    for (const part of converted.leftovers) {
      collection.notConverted.push({
        where: `${holder.where}/${index}`,
        what: `${kind} script: ${shorten(part.source.replaceAll(/\s+/g, ' ').trim(), 200)}`,
        reason: part.reason,
      });
    }
  }
  return scripts;
}

/** Scripts that stay scripts are kept for people, below the description. */
export function withLeftovers(description: string, scripts: Scripts): string {
  const blocks = scripts.leftovers.map(
    ({ kind, source }) => `Postman ${kind} script, not converted:\n\n\`\`\`js\n${source}\n\`\`\``,
  );
  return [description, ...blocks].filter((part) => part !== '').join('\n\n');
}

function sourceOf(event: Json): string {
  const exec = at(at(event, 'script'), 'exec');
  if (Array.isArray(exec)) return exec.filter((line) => typeof line === 'string').join('\n');
  return typeof exec === 'string' ? exec : '';
}
