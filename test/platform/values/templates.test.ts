import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../apis/_platform/model/json.ts';
import { variableScopes } from '../../../apis/_platform/model/result.ts';
import { compileValue, renderCompiled } from '../../../apis/_platform/values/compiled-value.ts';
import { Resolver } from '../../../apis/_platform/values/resolver.ts';
import { compileText, escapeTemplate, renderText } from '../../../apis/_platform/values/template.ts';
import { literals } from '../../../apis/_platform/values/variable.ts';
import { layers, resolve } from './resolve.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`templates: SEED=${seed}`);
const name = fc.stringMatching(/^[a-zA-Z_][\w-]{0,12}$/);
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

describe('templates', () => {
  test('a reference alone keeps the type, in a text it becomes text', () => {
    const scope = layers({
      scenario: { n: 5, list: [1, { x: 'deep' }], user: { id: 7, 'odd key': true }, none: null },
    });
    expect(resolve('{{n}}', scope)).toBe(5);
    expect(resolve('{{list}}', scope)).toEqual([1, { x: 'deep' }]);
    expect(resolve('{{none}}', scope)).toBeNull();
    expect(resolve('n={{n}}, list={{list}}, {{none}}', scope)).toBe('n=5, list=[1,{"x":"deep"}], null');
    expect(
      resolve({ a: ['{{ user.id }}', '{{user["odd key"]}}'], '{{n}}': '{{list[1].x}}{{list[-2]}}' }, scope),
    ).toEqual({
      a: [7, true],
      '5': 'deep1',
    });
  });

  test('a name that holds dots wins over a way into a value', () => {
    expect(resolve('{{user.id}}', layers({ scenario: { user: { id: 1 } }, project: { 'user.id': 2 } }))).toBe(
      2,
    );
  });

  test('what is not there is named with its place and what was probably meant', () => {
    const scope = layers({ project: { baseUrl: 'x', user: { id: 7, name: 'A' } } });
    expect(() => resolve({ a: { b: '{{baseURl2}}' } }, scope)).toThrow(
      'There is no variable "baseURl2" (in body.a.b). Did you mean "baseUrl"?',
    );
    expect(() => resolve('{{user.nme}}', scope)).toThrow(
      '{{user.nme}} in body leads nowhere: "user" is an object with id, name.',
    );
    expect(() => resolve('{{$uid}}', scope)).toThrow('Did you mean "$uuid"?');
    expect(() => resolve('{{user | sha265}}', scope)).toThrow('Did you mean "sha256"?');
    expect(() => resolve('{{x}}')).toThrow('No variables are set here.');
  });

  test('what cannot be read says so', () => {
    expect(() => compileText('a {{name', 'url')).toThrow('"{{name" in url has no closing }}');
    expect(() => compileText('{{}}', 'header X')).toThrow('in header X cannot be read: a name is missing');
    expect(() => compileText('{{a |}}', 'url')).toThrow('a filter is missing after |');
    expect(() => compileText("{{a | default:'x}}", 'url')).toThrow('does not end with');
    expect(() => compileText('{{a[x]}}', 'url')).toThrow('is no way into a value');
  });

  test('braces next to a reference are text', () => {
    expect(resolve('{"a":{{n}}}', layers({ step: { n: 1 } }))).toBe('{"a":1}');
    expect(resolve('{{{n}}}', layers({ step: { n: 1 } }))).toBe('{1}');
    expect(resolve("{{'{{'}}n}}")).toBe('{{n}}');
  });

  test('any text comes back through its escaped form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[{}' a|$]{0,20}$/)), (text) => {
        expect(renderText(compileText(escapeTemplate(text), 'text'), new Resolver([]))).toBe(text);
      }),
      { seed, numRuns: 2000 },
    );
  });

  test('any value comes through a reference with its type, and as text inside a text', () => {
    fc.assert(
      fc.property(name, json, (variable, value) => {
        const scope = [{ scope: 'step' as const, variables: literals({ [variable]: value }) }];
        expect(resolve(`{{${variable}}}`, scope)).toEqual(value);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        expect(resolve(`<{{ ${variable} }}>`, scope)).toBe(`<${text}>`);
      }),
      { seed, numRuns: 1000 },
    );
  });

  test('values without braces are constants, however deep', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        const compiled = compileValue(value, 'body');
        expect(compiled.kind).toBe('constant');
        expect(renderCompiled(compiled, new Resolver([]))).toBe(value);
      }),
      { seed },
    );
  });
});

describe('scopes', () => {
  const written = variableScopes.filter((scope) => scope !== 'builtin');

  test('the nearest one wins, and is taken down with its scope', () => {
    fc.assert(
      fc.property(fc.subarray([...written], { minLength: 1 }), name, (scopes, variable) => {
        const given = layers(Object.fromEntries(scopes.map((scope) => [scope, { [variable]: scope }])));
        const resolver = new Resolver(given);
        const value = renderCompiled(compileValue(`{{${variable}}}`, 'body'), resolver);
        expect(value).toBe(scopes[0]);
        expect(resolver.used).toEqual([{ name: variable, scope: scopes[0], value: scopes[0] }]);
      }),
      { seed },
    );
  });

  test('a variable may hold others, and its own name means the one farther out', () => {
    const scope = layers({
      step: { baseUrl: '{{baseUrl}}/v2' },
      environment: { baseUrl: 'https://{{host}}', host: 'h.test' },
      project: { host: 'other', who: { id: '{{host}}' } },
    });
    expect(resolve('{{baseUrl}}', scope)).toBe('https://h.test/v2');
    expect(resolve('{{who.id}}', scope)).toBe('h.test');
  });

  test('a circle is named', () => {
    const scope = layers({ project: { a: '{{b}}', b: '{{c}}', c: '-{{a}}', self: '{{self}}' } });
    expect(() => resolve('{{a}}', scope)).toThrow('in a circle: a → b → c → a');
    expect(() => resolve('{{self}}', scope)).toThrow('refers to itself: self → self');
  });

  test('chains of any length resolve, and closing one is an error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(29), (length, back) => {
        const chain = Object.fromEntries(Array.from({ length }, (_, i) => [`v${i}`, `{{v${i + 1}}}`]));
        expect(resolve('{{v0}}', layers({ project: { ...chain, [`v${length}`]: 'end' } }))).toBe('end');
        const closed = { ...chain, [`v${length}`]: `{{v${back % (length + 1)}}}` };
        expect(() => resolve('{{v0}}', layers({ project: closed }))).toThrow(/circle|itself/);
      }),
      { seed },
    );
  });

  test('what came from outside is never replaced', () => {
    const scope = [
      { scope: 'scenario' as const, variables: literals({ fromServer: '{{token}}' }) },
      ...layers({ project: { token: 'top secret' } }),
    ];
    expect(resolve('{{fromServer}}', scope)).toBe('{{token}}');
  });
});
