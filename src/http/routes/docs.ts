import { ApiError } from '../../contract/api-error.ts';
import type { DocsPage } from '../../describe/docs-page.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Answer, Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { resourceAnswer } from '../resource-answer.ts';

/** Everything comes from this service and goes to it. Swagger UI's icons are `data:` images in its style. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const year = 365 * 24 * 60 * 60;

/** `GET /docs` and what it loads from below `/docs/`. Loaded with the first request: most processes are never asked. */
export function createDocsRoute({ version }: Pick<HttpDeps, 'version'>): Handler<HttpRequest> {
  let loaded: DocsPage | undefined;
  return async (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    const { createDocsPage } = await import('../../describe/docs-page.ts');
    const docs = (loaded ??= createDocsPage({ version }));
    if (request.path === '/docs') return await pageAnswer(docs, request);
    if (request.path === '/docs/') return toPage;
    return await assetAnswer(docs, request);
  };
}

/** The page's links are relative to `/docs`. */
const toPage: Answer = { status: 308, headers: { location: '../docs' }, text: '' };

async function pageAnswer(docs: DocsPage, request: HttpRequest): Promise<Answer> {
  const page = await docs.page(request.header('accept-language'));
  return resourceAnswer(request, page, {
    headers: {
      'content-language': page.language,
      'content-security-policy': contentSecurityPolicy,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Language',
    },
  });
}

async function assetAnswer(docs: DocsPage, request: HttpRequest): Promise<Answer> {
  const asset = await docs.asset(request.path.slice('/docs/'.length));
  if (asset === undefined) {
    const shown = request.path.slice(0, 200);
    throw new ApiError('ENDPOINT_NOT_FOUND', `'${shown}' is not served; the documentation is at GET /docs`);
  }
  // The page names the version in its links: what it asked for can never change.
  const named = request.query === `v=${await docs.assetVersion()}`;
  return resourceAnswer(request, asset, named ? { cacheControl: `public, max-age=${year}, immutable` } : {});
}
