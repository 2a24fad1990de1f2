import { connect } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserArguments, browserPath, installBrowser } from '../support/install-browser.ts';
import { businessToken, startServer, type TestServer } from '../support/start-server.ts';

const hello = `import { apiFunction } from 'api-deploy';

/**
 * Greets someone at once.
 *
 * @param name who to greet
 */
export const syncHello = apiFunction((name = 'World') => \`Hello, \${name}!\`);
`;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ files: { 'template.ts': hello } });
});

afterAll(async () => {
  await server.stop();
});

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(server.url + path, { method, headers, redirect: 'manual' });
}

async function assetsOf(page: Response): Promise<string[]> {
  const links = (await page.text()).matchAll(/(?:src|href)="(docs\/[^"]+)"/g);
  return [...links].map(([, link = '']) => `/${link}`);
}

/** As sent: `fetch` would tidy the path up first. */
function rawStatus(path: string): Promise<number> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('end', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])));
    socket.on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  });
}

describe('over HTTP', () => {
  test('the page and all that it loads are there, and say how long they may be kept', async () => {
    const page = await get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const assets = await assetsOf(page);
    expect(assets.length).toBe(5);
    for (const path of assets) {
      const asset = await get(path);
      expect([path, asset.status]).toEqual([path, 200]);
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
      expect((await asset.text()).length).toBeGreaterThan(100);
      // Without its version, a later one may come in its place.
      const plain = await get(path.replace(/\?.*/, ''));
      expect(plain.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('nothing may be loaded from elsewhere', async () => {
    const policy = (await get('/docs')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('who has it already gets 304, without a body and without a length', async () => {
    for (const path of ['/docs', '/docs/docs.js', '/openapi.json']) {
      const etag = (await get(path)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{22}"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await get(path, { 'if-none-match': known });
        expect([path, known, again.status]).toEqual([path, known, 304]);
        expect(again.headers.get('content-length')).toBeNull();
        expect(again.headers.get('etag')).toBe(etag);
        expect(await again.text()).toBe('');
      }
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  test('HEAD tells the same without the content', async () => {
    for (const path of ['/docs', '/docs/docs.css', '/openapi.json']) {
      const [head, full] = [await get(path, {}, 'HEAD'), await get(path)];
      expect(head.status).toBe(200);
      expect(head.headers.get('etag')).toBe(full.headers.get('etag'));
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'));
      expect(await head.text()).toBe('');
    }
  });

  test('other methods are refused', async () => {
    for (const path of ['/docs', '/docs/docs.js', '/openapi.json']) {
      const answer = await get(path, {}, 'POST');
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  test('the language is the one that is asked for', async () => {
    const cases = [
      ['zh-CN,zh;q=0.9,en;q=0.8', 'zh', '接口文档'],
      ['en-US,en;q=0.9', 'en', 'API documentation'],
      ['fr, zh;q=0.5, en;q=0.4', 'zh', '接口文档'],
      ['fr', 'en', 'API documentation'],
      ['zh;q=0, en;q=0.1', 'en', 'API documentation'],
      ['', 'en', 'API documentation'],
    ] as const;
    for (const [accepted, language, title] of cases) {
      const page = await get('/docs', { 'accept-language': accepted });
      expect([accepted, page.headers.get('content-language')]).toEqual([accepted, language]);
      expect(page.headers.get('vary')).toBe('Accept-Language');
      const html = await page.text();
      expect(html).toContain(`<html lang="${language}">`);
      expect(html).toContain(title);
    }
  });

  test('/docs/ leads to /docs', async () => {
    const answer = await get('/docs/');
    expect(answer.status).toBe(308);
    expect(new URL(answer.headers.get('location') ?? '', `${server.url}/docs/`).pathname).toBe('/docs');
  });

  test('nothing else of the package, and nothing outside of it, is served', async () => {
    const paths = [
      '/docs/package.json',
      '/docs/index.html',
      '/docs/swagger-ui-bundle.js.map',
      '/docs/../package.json',
      '/docs/..%2fpackage.json',
      '/docs/%2e%2e/package.json',
      '/docs/..\\package.json',
      '/docs//etc/passwd',
      '/docs/docs.js/',
      '/docs/__proto__',
    ];
    for (const path of paths) {
      const status = await rawStatus(path);
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    }
  });
});

const reason = installBrowser();
if (reason !== undefined) console.warn(`The tests in a browser are skipped: ${reason}`);

describe.skipIf(reason !== undefined)('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  });

  afterAll(async () => {
    await browser.close();
  });

  interface Visit {
    readonly page: Page;
    /** Every URL that the page asked for. */
    readonly requested: string[];
    /** What the console and the page called an error. */
    readonly errors: string[];
  }

  async function visit(options: Parameters<Browser['newPage']>[0] = {}): Promise<Visit> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, ...options });
    const requested: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${server.url}/docs`);
    await page.locator('.opblock').first().waitFor();
    return { page, requested, errors };
  }

  async function authorise(page: Page, token: string): Promise<void> {
    await page.locator('.scheme-container .authorize').click();
    await page.locator('.modal-ux #auth-bearer-value').fill(token);
    await page.locator('.modal-ux .auth-btn-wrapper .authorize').first().click();
    await page.locator('.modal-ux .btn-done').first().click();
  }

  async function tryHello(page: Page): Promise<string> {
    const operation = page.locator('#operations-template-template_syncHello');
    if ((await operation.locator('.execute').count()) === 0) {
      await operation.locator('.opblock-summary-control').click();
    }
    await operation.locator('.execute').click();
    const answer = operation
      .locator('.live-responses-table .response-col_description .highlight-code')
      .first();
    await answer.waitFor();
    return (await answer.textContent()) ?? '';
  }

  test('a function is tried with a token given once, and nothing leaves the service', async () => {
    const { page, requested, errors } = await visit();
    await authorise(page, businessToken);
    const answer = await tryHello(page);
    expect(answer).toContain('"Hello, World!"');
    expect(answer).toContain('"/template/syncHello"');
    const { origin } = new URL(server.url);
    const elsewhere = requested.filter((url) => !url.startsWith('data:') && new URL(url).origin !== origin);
    expect(elsewhere).toEqual([]);
    expect(requested).toContain(`${origin}/template/syncHello`);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('the token stays in the tab until it logs out, and goes nowhere else', async () => {
    const { page } = await visit();
    await authorise(page, businessToken);
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    expect(await tryHello(page)).toContain('"Hello, World!"');
    expect(await page.evaluate('JSON.stringify(localStorage)')).toBe('{}');
    expect(await page.context().cookies()).toEqual([]);
    await page.locator('.scheme-container .authorize').click();
    await page.locator('.modal-ux .auth-btn-wrapper button', { hasText: 'Logout' }).first().click();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.close();
  });

  test('without a token the refusal is shown', async () => {
    const { page } = await visit();
    expect(await tryHello(page)).toContain('MISSING_TOKEN');
    await page.close();
  });

  test('it is dark by night, and Chinese for whoever reads Chinese', async () => {
    const { page, errors } = await visit({ colorScheme: 'dark', locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('class')).toContain('dark-mode');
    expect(await page.title()).toBe('接口文档 · api-deploy');
    expect(errors).toEqual([]);
    await page.close();
  });
});
