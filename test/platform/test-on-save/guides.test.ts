import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FuzzReport } from '../../../apis/_platform/fuzz/fuzz-report.ts';
import type { SaveOutcome } from '../../../apis/_platform/model/save-outcome.ts';
import { codeBlocks, headings, readDocument } from '../../docs/read-markdown.ts';
import { startServer, withoutRequests, type TestServer } from '../../support/start-server.ts';
import { platformProject, type PlatformProject } from '../platform-project.ts';

const run = promisify(execFile);
/** As in `config.ts`, which the commands rely on. */
const env = { VALID_TOKENS: 'dev-token', ADMIN_TOKENS: 'dev-admin-token', LOAD_TIMEOUT: '60' };
const commandsOf = (guide: string) =>
  codeBlocks(readDocument(`docs/${guide}.md`)).flatMap(({ language, code }) =>
    language === 'sh' ? [code] : [],
  );

describe('the commands of the guides', () => {
  let project: PlatformProject;
  let server: TestServer;
  /** Runs commands in one shell; a second between them, as people need to read what came. */
  const shell = async (...commands: string[]): Promise<string> => {
    const script = commands.join('\nsleep 1\n').replaceAll('http://127.0.0.1:8000', server.url);
    return (await run('bash', ['-ec', script], { cwd: server.dir })).stdout;
  };

  beforeAll(async () => {
    const modules = ['projects', 'modules', 'scenarios', 'runs', 'fuzz', 'impact'];
    project = await platformProject(modules, {});
    server = await startServer({ dir: project.dir, env });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await project?.remove();
  });

  it('fuzz: find the failure with the smallest arguments, one endpoint or all', async () => {
    const [save = '', one = '', all = '', ...others] = commandsOf('fuzz');
    expect(others).toEqual([]);
    await shell(save);
    await server.until('/', ({ json }) => JSON.stringify(json).includes('/shop/total'));
    const { data } = JSON.parse(await shell(one)) as { data: FuzzReport };
    const body = {
      items: [
        { name: '', price: 0 },
        { name: '', price: 0 },
      ],
    };
    expect(data).toMatchObject({
      status: 'failed',
      seed: 7,
      failures: [{ kind: 'serverError', body, apiId: expect.any(Number) as number }],
    });
    expect(readDocument('docs/fuzz.md')).toContain(`\`${JSON.stringify(body)}\``);
    const lines = (await shell(all)).trim().split('\n');
    const events = lines.flatMap((line) => (JSON.parse(line) as { data?: { type: string } }).data ?? []);
    expect(events.map(({ type }) => type)).toEqual(['begin', 'endpoint', 'report', 'end']);
  });

  it('test on save: run a scenario again that a save has broken', async () => {
    const [define = '', first = '', breakIt = '', ask = '', ...others] = commandsOf('test-on-save');
    expect(others).toEqual([]);
    const [file = '', rest = ''] = first.split('END\nscenario=');
    await shell(`${file}END\n`);
    await server.until('/', ({ json }) => JSON.stringify(json).includes('/greetings/greet'));
    const given = await shell(`${define}\nscenario=${rest}`);
    expect(JSON.parse(given), withoutRequests(server.output())).toMatchObject({ data: { status: 'passed' } });
    await shell(breakIt);
    await expect
      .poll(() => server.output(), { timeout: 30_000 })
      .toMatch(/test on save: 1 of 1 scenario did not pass: welcome \(run 2 failed: steps\[0] 'greet Ada'/);
    const [functions = ''] = define.split('\nproject=');
    const answers = (await shell(`${functions}\n${ask.replace('\n', '\necho\n')}`))
      .split('\n')
      .filter((line) => line !== '');
    const [impact, outcome] = answers.map((line) => (JSON.parse(line) as { data: unknown }).data);
    expect(impact).toMatchObject({
      steps: [{ scenario: 'welcome', path: 'steps[0]' }],
      scenarios: [{ name: 'welcome', testOnSave: true }],
    });
    expect((outcome as SaveOutcome).status).toBe('failed');
  });

  it.each(['fuzz', 'test-on-save'])('%s: both languages have the same commands and sections', (guide) => {
    expect(commandsOf(`${guide}.zh-CN`)).toEqual(commandsOf(guide));
    const levels = (text: string) => headings(text).map(({ level }) => level);
    expect(levels(readDocument(`docs/${guide}.zh-CN.md`))).toEqual(levels(readDocument(`docs/${guide}.md`)));
  });
});
