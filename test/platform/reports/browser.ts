import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserArguments, browserPath, installBrowser } from '../../support/install-browser.ts';

/** A browser for the tests of a file; it also has an XML parser that accepts nothing but well-formed XML. */
export function useBrowser(): { newPage: () => Promise<Page> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const problem = installBrowser();
    if (problem !== undefined) throw new Error(`no browser: ${problem}`);
    browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
  });
  return {
    newPage: () => {
      if (browser === undefined) throw new Error('the browser is started in beforeAll');
      return browser.newPage();
    },
  };
}
