import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AssertionResult, RequestResult } from '../../../apis/_platform/model/result.ts';
import { reporters } from '../../../apis/_platform/reports/reporters.ts';
import { useBrowser } from './browser.ts';
import { makeResult, makeRun, textSink } from './make-run.ts';

const browser = useBrowser();

interface Node {
  tag: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Through the strict XML parser of a browser; throws its message when the text is not well-formed. */
async function parse(xml: string): Promise<Node> {
  const page = await browser.newPage();
  try {
    // In the page there are types of the DOM, which this program does not know.
    const script = `((xml) => {
      const read = (element) => ({
        tag: element.tagName,
        attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
        children: [...element.children].map(read),
        text: element.children.length === 0 ? element.textContent : '',
      });
      const document = new DOMParser().parseFromString(xml, 'application/xml');
      const problem = document.querySelector('parsererror');
      return problem ? { problem: problem.textContent } : { root: read(document.documentElement) };
    })(${JSON.stringify(xml)})`;
    const { root, problem } = await page.evaluate<{ root?: Node; problem?: string }>(script);
    if (root === undefined) throw new Error(`not well-formed: ${problem}\n${xml.slice(0, 2000)}`);
    return root;
  } finally {
    await page.close();
  }
}

/** The elements and attributes of the JUnit schema that Jenkins publishes, as far as a report may use them. */
const schema: Readonly<Record<string, { required: string[]; optional: string[]; children: string[] }>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors', 'disabled'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests'],
    optional: ['failures', 'errors', 'time', 'disabled', 'skipped', 'timestamp', 'hostname', 'id', 'package'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    required: ['name', 'classname'],
    optional: ['assertions', 'time', 'status'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { required: [], optional: ['type', 'message'], children: [] },
  error: { required: [], optional: ['type', 'message'], children: [] },
  skipped: { required: [], optional: ['type', 'message'], children: [] },
  'system-out': { required: [], optional: [], children: [] },
};

function checkSchema(node: Node): void {
  const rule = schema[node.tag];
  if (rule === undefined) throw new Error(`unknown element <${node.tag}>`);
  const names = Object.keys(node.attributes);
  expect(rule.required.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !rule.required.includes(name) && !rule.optional.includes(name))).toEqual([]);
  for (const name of ['time', 'tests', 'failures', 'errors', 'skipped']) {
    if (node.attributes[name] !== undefined) expect(node.attributes[name]).toMatch(/^\d+(?:\.\d+)?$/);
  }
  for (const child of node.children) {
    expect(rule.children).toContain(child.tag);
    checkSchema(child);
  }
}

async function report(results: RequestResult[], fields?: Parameters<typeof makeRun>[1]) {
  const sink = textSink();
  await reporters.junit.write(makeRun(results, fields), sink);
  const root = await parse(sink.text());
  checkSchema(root);
  const [suite] = root.children;
  if (suite === undefined) throw new Error('there is no suite');
  const cases = suite.children.map((each) => ({
    name: each.attributes['name'] ?? '',
    className: each.attributes['classname'] ?? '',
    outcome: each.children[0]?.tag ?? 'passed',
    message: each.children[0]?.attributes['message'],
    type: each.children[0]?.attributes['type'],
  }));
  const count = (outcome: string): string => String(cases.filter((each) => each.outcome === outcome).length);
  expect(suite.attributes).toMatchObject({
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  });
  return { cases, suite };
}

const check = (name: string, status: AssertionResult['status'], message?: string): AssertionResult => ({
  name,
  status,
  ...(message === undefined ? {} : { message }),
});

describe.skipIf(browser.isMissing)('the JUnit report', () => {
  test('has one case per iteration and assertion, and never merges iterations', async () => {
    const assertions = [check('status', 'passed'), check('body', 'passed')];
    const { cases, suite } = await report(
      [0, 1, 2].map((iteration) => makeResult({ iteration, assertions, timings: { total: 12 } })),
    );
    expect(cases).toHaveLength(6);
    expect(new Set(cases.map(({ className, name }) => `${className} ${name}`)).size).toBe(6);
    expect(cases[5]?.className).toBe('Nightly.iteration 3');
    expect(suite.attributes).toMatchObject({ time: '0.036', timestamp: '2026-03-01T10:00:00' });
  });

  test('assertions of one name stay two cases', async () => {
    const { cases } = await report([
      makeResult({ assertions: [check('same', 'passed'), check('same', 'passed')] }),
    ]);
    expect(cases.map(({ name }) => name)).toEqual([
      'Get an order [steps[0]] › same',
      'Get an order [steps[0]] › same (2)',
    ]);
  });

  test('a request without assertions is a case', async () => {
    const { cases } = await report([makeResult({ assertions: [] })]);
    expect(cases).toMatchObject([{ name: 'Get an order [steps[0]]', outcome: 'passed' }]);
  });

  test('tells failures from errors, and says why', async () => {
    const { cases } = await report([
      makeResult({
        status: 'failed',
        assertions: [
          { name: 'status', status: 'failed', expected: 200, actual: 500 },
          check('schema', 'error', 'the schema is not valid'),
        ],
      }),
      makeResult({
        path: 'steps[1]',
        status: 'error',
        error: { code: 'ECONNREFUSED', message: 'nobody listens' },
        assertions: [check('status', 'skipped')],
      }),
      makeResult({
        path: 'steps[2]',
        status: 'failed',
        assertions: [check('status', 'passed')],
        extractions: [{ name: 'token', status: 'failed', scope: 'scenario', message: 'no such member' }],
      }),
    ]);
    expect(cases.map(({ outcome, type, message }) => [outcome, type, message])).toEqual([
      ['failure', 'AssertionFailed', 'expected: 200, actual: 500'],
      ['error', 'AssertionError', 'the schema is not valid'],
      ['error', 'ECONNREFUSED', 'ECONNREFUSED: nobody listens'],
      ['skipped', undefined, 'not checked'],
      ['failure', 'ExtractionFailed', "nothing was extracted into 'token': no such member"],
      ['passed', undefined, undefined],
    ]);
  });

  test('skipped and cancelled is never passed', async () => {
    const { cases } = await report([
      makeResult({ status: 'skipped', assertions: [] }),
      makeResult({ path: 'b', status: 'cancelled', assertions: [check('status', 'skipped')] }),
      makeResult({
        path: 'c',
        status: 'cancelled',
        assertions: [],
        error: { code: 'CANCELLED', message: 'by a user' },
      }),
    ]);
    expect(cases.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped']);
  });

  test.each([
    ['cancelled', 'skipped'],
    ['running', 'skipped'],
    ['interrupted', 'error'],
    ['error', 'error'],
  ] as const)('a run that is %s does not look as if it passed', async (status, outcome) => {
    const { cases } = await report([makeResult()], { end: { status } });
    expect(cases.map((each) => each.outcome)).toEqual(['passed', outcome]);
    expect(cases[1]?.className).toBe('Nightly.run');
  });

  test('whatever the texts are, the XML is well-formed and says them', async () => {
    const unit = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        ']]>',
        '<!--',
        '\u0000',
        '\u0008',
        '\u001B',
        '\uFFFE',
        '\uD800',
        '\r\n',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const text = fc.array(unit, { maxLength: 8 }).map((parts) => parts.join(''));
    const texts = fc.sample(text, { numRuns: 60, seed: 20_260_301 });
    const results = texts.map((name, index) =>
      makeResult({
        path: `steps[${index}]`,
        name,
        status: 'failed',
        assertions: [{ name, status: 'failed', expected: name, actual: { [name]: name }, message: name }],
        request: { method: 'GET', url: `https://shop.test/${name}`, headers: [] },
      }),
    );
    const { cases } = await report(results, { head: { name: texts.join(' ') } });
    const kept = (value: string): string =>
      value.replace(
        // oxlint-disable-next-line no-control-regex
        /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
        '\uFFFD',
      );
    expect(cases.map(({ message }) => message)).toEqual(texts.map(kept));
  });
});
