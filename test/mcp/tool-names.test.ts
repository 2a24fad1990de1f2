import { expect, it } from 'vitest';
import { toolNames } from '../../src/mcp/tool-names.ts';

const none: ReadonlySet<string> = new Set();

it('joins module and function', () => {
  expect([...toolNames(['/template/syncHello', '/billing/invoices/create'], none)]).toEqual([
    ['/billing/invoices/create', 'billing_invoices_create'],
    ['/template/syncHello', 'template_syncHello'],
  ]);
});

it('tells colliding paths apart, whatever their order, and leaves neither the plain name', () => {
  const paths = ['/a/b/c', '/a/b_c', '/a_b/c', '/a/other'];
  const names = toolNames(paths, none);
  expect(new Set(names.values()).size).toBe(4);
  expect([...names.values()]).not.toContain('a_b_c');
  expect(names.get('/a/b_c')).toMatch(/^a_b_c_[0-9a-f]{8}$/);
  expect(names.get('/a/other')).toBe('a_other');
  expect(toolNames(paths.toReversed(), none)).toEqual(names);
  expect(toolNames(['/a/b_c'], none).get('/a/b_c')).toBe('a_b_c');
});

it('gives way to names that are taken', () => {
  const names = toolNames(['/api_deploy/state'], new Set(['api_deploy_state']));
  expect(names.get('/api_deploy/state')).toMatch(/^api_deploy_state_[0-9a-f]{8}$/);
});

it('keeps to 64 letters, digits, _ and -', () => {
  const long = `/${'module'.repeat(10)}/${'f'.repeat(64)}`;
  const twin = `${long}g`.replace('fg', 'gf');
  const names = toolNames([long, twin, '/m-1/f-2'], none);
  expect(new Set(names.values()).size).toBe(3);
  for (const name of names.values()) expect(name).toMatch(/^[\w-]{1,64}$/);
});

it('a plain name that looks like the digested name of another path stays its own', () => {
  const digested = toolNames(['/a/b/c', '/a/b_c'], none).get('/a/b_c') ?? '';
  const [, last = ''] = /^a_(.*)$/.exec(digested) ?? [];
  const names = toolNames(['/a/b/c', '/a/b_c', `/a/${last}`], none);
  expect(names.get(`/a/${last}`)).toBe(digested);
  expect(new Set(names.values()).size).toBe(3);
});
