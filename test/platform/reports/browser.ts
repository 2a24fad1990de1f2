import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserArguments, browserPath, installBrowser } from '../../support/install-browser.ts';

/** A browser for the tests of a file; it also has an XML parser that accepts nothing but well-formed XML. */
export function useBrowser(): { newPage: () => Promise<Page>; isMissing: boolean } {
  const problem = installBrowser();
  if (problem !== undefined) console.warn(`The tests in a browser are skipped: ${problem}`);
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (problem !== undefined) return;
    browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    isMissing: problem !== undefined,
    newPage: () => {
      if (browser === undefined) throw new Error('the browser is started in beforeAll');
      return browser.newPage();
    },
  };
}
