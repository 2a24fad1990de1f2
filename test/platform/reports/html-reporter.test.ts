import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestResult, ResultStatus } from '../../../apis/_platform/model/result.ts';
import type { Language } from '../../../apis/_platform/reports/reporter.ts';
import { reporters } from '../../../apis/_platform/reports/reporters.ts';
import { useBrowser } from './browser.ts';
import { makeResult, makeRun, textSink } from './make-run.ts';

const browser = useBrowser();
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-deploy-report-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Opened {
  page: Page;
  /** What the page tried to load, said on its console, or threw. */
  complaints: string[];
  size: number;
}

/** The report as a file, opened as its reader would. */
async function open(
  results: RequestResult[],
  options: { lang?: Language; name?: string } = {},
): Promise<Opened> {
  const sink = textSink();
  const { lang = 'en', name = 'Nightly' } = options;
  await reporters.html.write(makeRun(results, { head: { name } }), sink, { lang });
  const file = join(folder, `${files++}.html`);
  await writeFile(file, sink.text());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const url = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, size: Buffer.byteLength(sink.text()) };
}

const rows = (page: Page) => page.locator('tr.result');

describe.skipIf(browser.isMissing)('the HTML report', () => {
  test('shows counts, charts and every result, without any request or complaint', async () => {
    const statuses: ResultStatus[] = ['passed', 'failed', 'error', 'skipped', 'cancelled'];
    const results = statuses.map((status, index) =>
      makeResult({ status, path: `steps[${index}]`, iteration: index }),
    );
    const { page, complaints } = await open(results);
    expect(await page.title()).toBe('Test report · Nightly');
    expect(await page.locator('#status').textContent()).toBe('error');
    expect(await rows(page).count()).toBe(5);
    expect(await page.locator('#donut circle').count()).toBe(5);
    expect(await page.locator('#histogram rect title').allTextContents()).toContain('≤ 20 ms: 5');
    expect(await page.locator('#timeline rect').count()).toBe(5);
    for (const status of statuses)
      expect(await page.locator(`[data-count=${status}]`).textContent()).toBe('1');
    expect(await page.locator('#donut .rate').textContent()).toBe('33.3 %');
    // The style sheet applies: its digest in the policy is right.
    const cursor = await page.evaluate("getComputedStyle(document.querySelector('tr.result')).cursor");
    expect(cursor).toBe('pointer');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('opens the details of a result, and filters', async () => {
    const failed = makeResult({
      iteration: 4,
      path: 'steps[1]',
      name: 'Pay',
      status: 'failed',
      assertions: [{ name: 'status equals 201', status: 'failed', expected: 201, actual: 402 }],
      variables: [{ name: 'token', scope: 'environment', value: '***' }],
    });
    const { page, complaints } = await open([makeResult(), failed, makeResult({ name: 'Ship' })]);
    await rows(page).nth(1).click();
    const detail = page.locator('tr.detail');
    expect(await detail.textContent()).toContain('failed · status equals 201 · expected 201 · actual 402');
    expect(await detail.textContent()).toContain('GET https://shop.test/orders/1');
    expect(await detail.textContent()).toContain('token (environment): "***"');
    await rows(page).nth(1).click();
    expect(await detail.count()).toBe(0);
    await rows(page).nth(1).press('Enter');
    expect(await detail.count()).toBe(1);

    await page.locator('input[type=checkbox][value=passed]').uncheck();
    expect(await rows(page).count()).toBe(1);
    await page.locator('input[type=checkbox][value=passed]').check();
    await page.locator('input[type=search]').fill('SHIP');
    expect(await rows(page).count()).toBe(1);
    await page.locator('input[type=search]').fill('');
    await page.locator('input[name=iteration]').fill('5');
    expect(await rows(page).allTextContents()).toEqual([expect.stringContaining('Pay')]);
    await page.locator('input[type=search]').fill('nothing like this');
    expect(await page.locator('#nothing').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('nothing in a result runs or loads: markup is text', async () => {
    const evil = [
      '</script><script>alert(1)</script>',
      '<!--<script>',
      '<img src=x onerror=alert(1)>',
      '"\'><svg onload=alert(1)>',
      '<link rel=stylesheet href=https://evil.test/x.css>',
      '${alert(1)}\u2028]]>&lt;b&gt;',
    ].join('');
    const result = makeResult({
      name: evil,
      path: evil,
      status: 'failed',
      error: { code: evil, message: evil },
      request: {
        method: 'GET',
        url: `https://shop.test/${evil}`,
        headers: [[evil, evil]],
        body: bodyOf(evil),
      },
      response: {
        status: 500,
        statusText: evil,
        httpVersion: '1.1',
        headers: [[evil, evil]],
        body: bodyOf(evil),
      },
      assertions: [{ name: evil, status: 'failed', expected: evil, actual: { [evil]: evil }, message: evil }],
      extractions: [{ name: evil, status: 'passed', value: evil, scope: 'step' }],
      variables: [{ name: evil, scope: 'step', value: evil }],
    });
    const { page, complaints } = await open([result], { name: evil });
    await rows(page).first().click();
    expect(await page.locator('h1').textContent()).toContain(evil);
    expect(await page.locator('tr.detail pre').allTextContents()).toContain(evil);
    expect(await page.locator('img, link, tr.detail svg').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('its policy stops a script, a style and a request that came in all the same', async () => {
    const { page } = await open([makeResult()]);
    const refused = await page.evaluate(`new Promise((resolve) => {
      const seen = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        seen.push(event.effectiveDirective);
        if (seen.length === 3) resolve(seen.sort());
      });
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      const style = document.createElement('style');
      style.textContent = 'body { color: red }';
      const image = document.createElement('img');
      image.src = 'https://evil.test/x.png';
      document.body.append(script, style, image);
    })`);
    expect(refused).toEqual(['img-src', 'script-src-elem', 'style-src-elem']);
    expect(await page.title()).toBe('Test report · Nightly');
    await page.close();
  });

  test('a narrow screen shows every field of a row and its details, without scrolling sideways', async () => {
    const url = `https://shop.test/api/v1/customers/3f6c1f0e/orders/1/payments?${'currency=EUR&'.repeat(6)}`;
    const result = makeResult({
      name: 'Pay an order with a card that has run out',
      status: 'failed',
      request: { method: 'POST', url, headers: [['x-long', 'a'.repeat(300)]] },
    });
    for (const lang of ['en', 'zh'] as const) {
      const { page } = await open([result, makeResult()], { lang });
      await page.setViewportSize({ width: 390, height: 800 });
      await rows(page).first().click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      for (const cell of await rows(page).first().locator('td').all()) {
        const box = await cell.boundingBox();
        // As wide as its text needs: no column of single letters.
        expect(box?.height ?? 0).toBeLessThan(90);
        expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
      }
      const detail = await page.locator('tr.detail td').boundingBox();
      expect(detail?.width).toBeGreaterThan(330);
      const timing = lang === 'en' ? 'first byte: 10 ms' : '首字节: 10 ms';
      expect(await page.locator('tr.detail').textContent()).toContain(timing);
      await page.close();
    }
  });

  test('speaks Chinese', async () => {
    const { page, complaints } = await open([makeResult({ status: 'failed' })], { lang: 'zh' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.title()).toBe('测试报告 · Nightly');
    expect(await rows(page).first().textContent()).toContain('失败');
    await rows(page).first().click();
    expect(await page.locator('tr.detail').textContent()).toContain('请求');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('10,000 results: every one is listed, in pages, and the file stays small', async () => {
    const text = 'x'.repeat(20_000);
    const results = Array.from({ length: 10_000 }, (_, index) =>
      makeResult({
        iteration: index,
        status: index % 100 === 99 ? 'failed' : 'passed',
        startedAt: new Date(Date.UTC(2026, 2, 1, 10) + index * 50).toISOString(),
        response: { status: 200, httpVersion: '1.1', headers: [], body: bodyOf(text) },
      }),
    );
    const { page, complaints, size } = await open(results);
    expect(size).toBeLessThan(10_000_000);
    expect(await rows(page).count()).toBe(100);
    expect(await page.locator('#where').textContent()).toBe('Page 1 of 100, 10000 results');
    await page.locator('#next').click();
    expect(await rows(page).first().locator('td').nth(1).textContent()).toBe('101');
    expect(await page.locator('.notice').textContent()).toMatch(/^\d+ results are listed without details/);
    // All failures have theirs: those that passed do not take their room.
    await page.locator('input[type=checkbox][value=passed]').uncheck();
    await rows(page).nth(99).click();
    expect(await page.locator('tr.detail').textContent()).toContain('only the beginning, of 20000 bytes');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('more than fits is counted, cut and said', async () => {
    const results = Array.from({ length: 16_000 }, () => makeResult({ assertions: [] }));
    const { page } = await open([...results, makeResult({ status: 'failed', name: 'the last one' })]);
    expect(await page.locator('[data-count=passed]').textContent()).toBe('16000');
    expect(await page.locator('.notice').first().textContent()).toMatch(/^1000 results are not listed/);
    await page.locator('input[type=search]').fill('the last one');
    expect(await rows(page).count()).toBe(1);
    await page.close();
  });
});

function bodyOf(text: string) {
  return { size: Buffer.byteLength(text), sha256: '00', text, truncated: false };
}
