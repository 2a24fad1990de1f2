import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const used = /^const \{([\w\s,]+)\} = require\('date-fns'\);?$/m;

/**
 * pino-roll is CommonJS and requires all of date-fns, 300 files, for a handful of functions.
 *
 * @type {import('esbuild').Plugin}
 */
export const onlyUsedOfDateFns = {
  name: 'only what is used of date-fns',
  setup(build) {
    build.onLoad({ filter: /\/pino-roll\/.*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [, names] = used.exec(text) ?? [];
      if (names === undefined) return undefined;
      return { contents: text.replace(used, `const {${names}} = require('date-fns-used:${names}')`) };
    });
    build.onResolve({ filter: /^date-fns-used:/ }, ({ path, importer }) => ({
      path: path.slice('date-fns-used:'.length),
      namespace: 'date-fns-used',
      pluginData: dirname(importer),
    }));
    build.onLoad({ filter: /.*/, namespace: 'date-fns-used' }, ({ path, pluginData }) => ({
      contents: `export {${path}} from 'date-fns';`,
      resolveDir: pluginData,
    }));
  },
};
