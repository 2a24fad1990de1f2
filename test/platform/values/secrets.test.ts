import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import { compileValue, renderCompiled } from '../../../apis/_platform/values/compiled-value.ts';
import { Mask } from '../../../apis/_platform/values/mask.ts';
import { Resolver } from '../../../apis/_platform/values/resolver.ts';
import { exchange } from './exchange.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`secrets: SEED=${seed}`);

describe('masking', () => {
  test('hides a secret in every form that it takes', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40 }),
        fc.string({ maxLength: 12 }),
        (secret, around) => {
          fc.pre(!secret.includes('*'));
          const mask = new Mask([secret]);
          for (const text of [
            around + secret + around,
            encodeURIComponent(secret),
            new URLSearchParams({ a: secret }).toString().slice(2),
          ]) {
            expect(mask.text(text)).toContain('***');
            expect(mask.text(text)).not.toContain(secret);
          }
          expect(JSON.stringify(mask.json({ [secret]: [secret, { a: `x${secret}` }] }))).not.toContain(
            JSON.stringify(secret).slice(1, -1),
          );
          const basic = Buffer.from(`${around}:${secret}`).toString('base64');
          const left = Buffer.from(mask.text(basic).replaceAll('***', ''), 'base64').toString();
          expect(left).not.toContain(secret);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test('in all places of a result', () => {
    const { response, timings } = exchange({ body: '{"echo":"s3cr3t!"}', headers: [['X', 's3cr3t!']] });
    const result: RequestResult = {
      iteration: 0,
      path: 'steps[0]',
      name: 'n',
      status: 'failed',
      attempts: 1,
      startedAt: '',
      timings,
      error: { code: 'X', message: 'no s3cr3t!' },
      request: {
        method: 'POST',
        url: 'http://h/?k=s3cr3t%21&l=s3cr3t!',
        headers: [['Authorization', `Basic ${btoa('me:s3cr3t!')}`]],
        body: { size: 7, sha256: '', text: 's3cr3t!', truncated: false },
      },
      response: { ...response!, redirects: [{ status: 302, url: 'http://h/s3cr3t!' }] },
      assertions: [
        { name: 'a', status: 'failed', expected: 's3cr3t!', actual: ['s3cr3t!'], message: 'got s3cr3t!' },
      ],
      extractions: [{ name: 'e', status: 'passed', value: { a: 's3cr3t!' }, scope: 'scenario' }],
      variables: [{ name: 'v', scope: 'scenario', value: 'x s3cr3t!' }],
    };
    const stored = JSON.stringify(new Mask(['s3cr3t!']).result(result));
    expect(stored).not.toMatch(/s3cr3t|czNjcjN0/);
    expect(new Mask([]).result(result)).toBe(result);
  });

  test('also the beginning of one at the end of a body that was cut off', () => {
    const { response, timings } = exchange({});
    const body = { size: 900, sha256: '', text: '{"token":"s3cr3t-and-l', truncated: true };
    const masked = new Mask(['s3cr3t-and-long']).result({
      iteration: 0,
      path: '',
      name: '',
      status: 'passed',
      attempts: 1,
      startedAt: '',
      timings,
      response: { ...response!, body },
      assertions: [],
      extractions: [],
      variables: [],
    });
    expect(masked.response?.body?.text).toBe('{"token":"***');
  });

  test('short ones only as words of their own', () => {
    expect(new Mask(['1']).text('a=1&b=21')).toBe('a=***&b=21');
    expect(new Mask([String(4711)]).json([4711, 14711])).toEqual(['***', 14711]);
  });
});

describe('secrets as variables', () => {
  const resolver = () =>
    new Resolver([
      {
        scope: 'project',
        variables: new Map([
          ['key', { value: 's3cr3t!', secret: true }],
          ['login', { value: { user: 'me', password: 'pw-of-me' }, secret: true }],
          ['header', { value: 'Key {{key}}', templated: true }],
        ]),
      },
    ]);

  test('are used, but taken down as ***', () => {
    const given = resolver();
    expect(renderCompiled(compileValue('{{header}}', 'x'), given)).toBe('Key s3cr3t!');
    expect(given.used).toContainEqual({ name: 'key', scope: 'project', value: '***' });
  });

  test('what is made from them is known', () => {
    const given = resolver();
    const hash = renderCompiled(compileValue('{{key | sha256}}', 'x'), given);
    renderCompiled(compileValue('{{login.password}}', 'x'), given);
    const nested = renderCompiled(compileValue('{{header | base64}}', 'x'), given);
    expect(given.derived).toEqual([hash, 'pw-of-me', nested]);
  });

  test('are not shown by errors', () => {
    const given = resolver();
    expect(() => renderCompiled(compileValue('{{login.nme}}', 'x'), given)).toThrow(
      '"login" is a secret of another form',
    );
  });
});
