import { expect, it } from 'vitest';
import { startServer, type Answer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

const says = (version: number, code = ''): string => `import { apiFunction, onLoad } from 'api-deploy';
${code}
void onLoad;
export const say = apiFunction((text = 'nothing') => '${version} ' + text);
`;

const changes: Readonly<Record<string, string>> = {
  'globalThis.fetch': `globalThis.fetch = () => Promise.reject(new Error('no'));`,
  'JSON.parse': `JSON.parse = () => ({ token: 'forged', body: {} });`,
  'JSON.stringify': `JSON.stringify = () => 'forged';`,
  'Array.prototype.last': `Reflect.set(Array.prototype, 'last', () => 1);`,
  'Object.prototype.polluted': `Reflect.set(Object.prototype, 'polluted', 'yes');`,
  'console.log': `console.log = () => {};`,
  'Date.now': `Date.now = () => 0;`,
  'globalThis.Promise': `globalThis.Promise = class Mine extends Promise<any> {} as never;`,
  'Promise.prototype.then': `const { then } = Promise.prototype;\nPromise.prototype.then = function (this: Promise<unknown>, ...args: never[]) { return then.apply(this, args); } as never;`,
  'Array.prototype.at': `Reflect.deleteProperty(Array.prototype, 'at');`,
  'globalThis.setTimeout': `Object.assign(globalThis, { setTimeout: () => { throw new Error('no timers'); } });`,
};

it.each(Object.entries(changes))(
  '%s: told with file and line, and calls are answered as before',
  async (name, code) => {
    const server = await startServer({ files: { 'm.ts': says(1), 'other.ts': says(1) } });
    try {
      const good = await server.call('/other/say', { text: 'x' });
      const wrong = await server.call('/other/say', { text: 1 });
      const unknown = await server.call('/other/say', { more: 1 });
      const refused = await server.call('/other/say', {}, 'no-such-token');
      await server.write('m.ts', says(2, code));
      await server.until('/m/say', answers('2 nothing'));
      const { warnings } = (await server.get('/')).json.data;
      expect(warnings).toContainEqual(expect.objectContaining({ module: 'm', file: 'apis/m.ts', line: 2 }));
      const found = warnings.find(({ message }: { message: string }) =>
        message.includes(`changes ${name}, `),
      );
      expect(found).toBeDefined();
      const line = (await server.logLines()).find(({ message }) =>
        String(message).includes(`changes ${name}, `),
      );
      expect(line).toMatchObject({ kind: 'system', level: 'warn' });
      for (const [before, body, token] of [
        [good, { text: 'x' }],
        [wrong, { text: 1 }],
        [unknown, { more: 1 }],
        [refused, {}, 'no-such-token'],
      ] as const) {
        const after = await server.call('/other/say', body, token);
        expect([after.status, after.json]).toEqual([before.status, before.json]);
      }
      // Reloads go on, and say so once.
      await server.write('m.ts', says(3, code));
      await server.until('/m/say', answers('3 nothing'));
      const told = (await server.logLines()).filter(({ message }) =>
        String(message).includes(`changes ${name}, `),
      );
      expect(told).toHaveLength(1);
    } finally {
      await server.stop();
    }
  },
);

it('what a hook changes is told of its file, and what a call changes at the next reload', async () => {
  const hooks = `onLoad(() => { Reflect.set(Array.prototype, 'fromHook', 1); });
export const change = apiFunction(() => Reflect.set(String.prototype, 'fromCall', 1));`;
  const server = await startServer({ files: { 'm.ts': says(1, hooks) } });
  try {
    const messages = (await server.get('/')).json.data.warnings.map(
      ({ message }: { message: string }) => message,
    );
    expect(messages).toEqual([expect.stringContaining('changes Array.prototype.fromHook, ')]);
    await server.call('/m/change');
    await server.write('other.ts', says(2));
    await server.until('/other/say', answers('2 nothing'));
    expect(server.output()).toContain(
      'String.prototype.fromCall was changed while the service ran, by a call or a package',
    );
  } finally {
    await server.stop();
  }
});

it('nothing is told of modules that change nothing, or only add to globalThis', async () => {
  const code = `Reflect.set(globalThis, 'cacheOfMine', new Map());\nError.stackTraceLimit = 50;`;
  const server = await startServer({ files: { 'm.ts': says(1, code) } });
  try {
    expect((await server.admin('/api/reload')).json.data.warnings).toEqual([]);
  } finally {
    await server.stop();
  }
});

it('a polluted Object.prototype lets nobody in, adds no parameter and takes no rule away', async () => {
  const module = `import { apiFunction } from 'api-deploy';
export const pollute = apiFunction(() => {
  Object.assign(Object.prototype, { token: 'business-token-for-tests', body: { text: 'polluted' }, roles: [], text: 'polluted', list: ['polluted'], concurrency: 0, authorization: 'Bearer admin-token-for-tests-only', input: {}, thrown: 'polluted', user: { id: 1, name: 'polluted' } });
  return Object.keys({}).length;
});
export const echo = apiFunction((text: string, list?: string[]) => [text, list ?? null]);
export const nested = apiFunction((user: { id: number; name?: string }) => [user.id, Object.hasOwn(user, 'name')]);
export const open = apiFunction((values: Record<string, number>) => Object.keys(values));
export const admin = apiFunction(() => 'secret', { roles: ['admin'] });
`;
  const server = await startServer({ files: { 'm.ts': module } });
  try {
    const send = async (path: string, payload: unknown): Promise<unknown> => {
      const answer = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      });
      const { requestId: _, ...json } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, json];
    };
    const token = 'business-token-for-tests';
    const probes: [string, unknown][] = [
      ['/m/echo', {}],
      ['/m/echo', { body: { text: 'x' } }],
      ['/m/echo', { token }],
      ['/m/echo', { token, body: {} }],
      ['/m/echo', { token, body: { text: 'x' } }],
      ['/m/echo', { token, body: { text: 'x', list: [1] } }],
      ['/m/echo', { token, body: { text: 'x', more: 1 } }],
      ['/m/nested', { token, body: {} }],
      ['/m/nested', { token, body: { user: { id: 7 } } }],
      ['/m/nested', { token, body: { user: {} } }],
      ['/m/open', { token, body: { values: { a: 1 } } }],
      ['/m/admin', { token }],
      ['/m/admin', {}],
      ['/api/reload', {}],
    ];
    const before: unknown[] = [];
    for (const [path, payload] of probes) before.push(await send(path, payload));
    expect(await send('/m/pollute', { token })).toMatchObject([200, { data: 0 }]);
    const after: unknown[] = [];
    for (const [path, payload] of probes) after.push(await send(path, payload));
    expect(after).toEqual(before);
    // A reload made in this state, too.
    await server.write('m.ts', module + '// saved again\n');
    await server.until('/', (answer) => answer.json.data.generation === 2);
    for (const [index, [path, payload]] of probes.entries())
      expect(await send(path, payload)).toEqual(before[index]);
  } finally {
    await server.stop();
  }
});
