import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { docsIcon } from './docs-page-icon.ts';
import { docsScript } from './docs-page-script.ts';
import { docsStyle } from './docs-page-style.ts';
import { docsLanguages, docsTexts, type DocsLanguage } from './docs-page-texts.ts';
import { preferredLanguage } from './preferred-language.ts';
import { digestOf, toResource, type Resource } from './resource.ts';

/** The interactive page, with everything that it loads. */
export interface DocsPage {
  /** The page itself, in the language that an `Accept-Language` header likes best. */
  page(acceptLanguage: string | undefined): Promise<Resource & { readonly language: DocsLanguage }>;
  /**
   * A file that the page loads, by its name, or undefined for any other name.
   *
   * @throws Error when the package `swagger-ui-dist` is not installed completely
   */
  asset(name: string): Promise<Resource | undefined>;
  /** Stands in the query of the page's links to its assets, and changes with any of them. */
  assetVersion(): Promise<string>;
}

export interface DocsPageOptions {
  /** Of the runtime. */
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** All assets there are: what is not in these lists cannot be asked for. */
const ownAssets: ReadonlyMap<string, Resource> = new Map([
  ['docs.css', toResource('text/css; charset=UTF-8', docsStyle)],
  ['docs.js', toResource('text/javascript; charset=UTF-8', docsScript)],
  ['docs.svg', toResource('image/svg+xml', docsIcon)],
]);
const packageAssets: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=UTF-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=UTF-8'],
]);

/** Files are read on first use, and stay in memory. */
export function createDocsPage({ version }: DocsPageOptions): DocsPage {
  const read = remember(readPackageAsset);
  const assetVersion = remember(async () => {
    const manifest = await readPackageFile('package.json');
    return digestOf([manifest, docsStyle, docsScript, docsIcon].join('\n'));
  });
  const page = remember(async (language: DocsLanguage) => ({
    ...toResource('text/html; charset=UTF-8', pageHtml(language, version, await assetVersion(''))),
    language,
  }));
  return {
    page: (acceptLanguage) => page(preferredLanguage(acceptLanguage, docsLanguages)),
    asset: async (name) => ownAssets.get(name) ?? (packageAssets.has(name) ? await read(name) : undefined),
    assetVersion: () => assetVersion(''),
  };
}

/** One result per key; a failure is not kept, so that the next request tries again. */
function remember<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return async (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    try {
      return await known;
    } catch (error) {
      made.delete(key);
      throw error;
    }
  };
}

async function readPackageAsset(name: string): Promise<Resource> {
  return toResource(packageAssets.get(name) ?? 'application/octet-stream', await readPackageFile(name));
}

async function readPackageFile(name: string): Promise<string> {
  try {
    const manifest = require.resolve('swagger-ui-dist/package.json');
    return await readFile(join(dirname(manifest), name), 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`'${name}' of the package swagger-ui-dist cannot be read; install again: ${why}`, {
      cause,
    });
  }
}

/** Links are relative, so that the page also works behind a proxy that serves it below a prefix. */
function pageHtml(language: DocsLanguage, version: string, assetVersion: string): string {
  const text = docsTexts[language];
  const asset = (name: string): string => `docs/${name}?v=${assetVersion}`;
  return `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${text.title} · api-deploy</title>
    <link rel="icon" type="image/svg+xml" href="${asset('docs.svg')}">
    <link rel="stylesheet" href="${asset('swagger-ui.css')}">
    <link rel="stylesheet" href="${asset('docs.css')}">
  </head>
  <body>
    <header class="docs-bar">
      <h1>${text.title}</h1>
      <span class="docs-version">api-deploy ${escapeHtml(version)}</span>
      <nav>
        <a href="openapi.json">${text.document}</a>
        <a href="./">${text.state}</a>
      </nav>
    </header>
    <p class="docs-hint">${text.hint}</p>
    <noscript><p class="docs-hint">${text.noScript}</p></noscript>
    <main id="swagger-ui" data-document="openapi.json"></main>
    <script src="${asset('swagger-ui-bundle.js')}"></script>
    <script src="${asset('docs.js')}"></script>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
