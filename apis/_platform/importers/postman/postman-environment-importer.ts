import { importError } from '../import-error.ts';
import type { Importer } from '../importer.ts';
import { parseDocument } from '../parse-document.ts';
import { at, kindOf, listAt, shorten, textAt } from '../read-node.ts';
import { readPostmanVariables } from './postman-parts.ts';

/** Environments and globals as Postman exports them. */
export const postmanEnvironmentImporter: Importer = {
  name: 'Postman environment',
  detect(text) {
    if (/"_postman_variable_scope"\s*:/.test(text)) return 1;
    return /"values"\s*:\s*\[/.test(text) && /"enabled"\s*:/.test(text) && !/"item"\s*:/.test(text) ? 0.5 : 0;
  },
  read(input) {
    const root = parseDocument(input);
    const values = at(root, 'values');
    if (!Array.isArray(values)) {
      throw importError(`expected 'values' to be a list of variables, got ${kindOf(values)}`, {
        file: input.name,
        pointer: '/values',
      });
    }
    const name = textAt(root, 'name')?.trim() || input.name;
    const variables = readPostmanVariables(listAt(root, 'values'));
    // Globals hold for all environments: they belong to the module, as far as there is one.
    const isGlobal = textAt(root, '_postman_variable_scope') === 'globals';
    return {
      format: 'Postman environment',
      name,
      description: '',
      variables: isGlobal ? variables : [],
      environments: isGlobal ? [] : [{ name: shorten(name, 100), variables }],
      categories: [],
      entries: [],
      schemas: {},
      skipped: [],
      notConverted: [],
    };
  },
};
