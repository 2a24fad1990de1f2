import { expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';

const hosts = (list: unknown) => configSchema.safeParse({ mcpAllowedHosts: list });
const origins = (list: unknown) => configSchema.safeParse({ mcpAllowedOrigins: list });

it.each([
  ['api.example.com', 'api.example.com'],
  ['API.Example.com:8443', 'api.example.com:8443'],
  ['10.0.0.7', '10.0.0.7'],
  ['[::1]:80', '[::1]:80'],
  ['[FE80::1]', '[fe80::1]'],
])('host %s', (host, wanted) => expect(hosts([host]).data?.mcpAllowedHosts).toEqual([wanted]));

it.each([
  '',
  'https://a.example',
  'a.example/x',
  'user@a.example',
  '*',
  '*.a.example',
  'a b',
  'a:99999',
  7,
  null,
])('no host: %j', (host) => expect(hosts([host]).success).toBe(false));

it.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['HTTPS://App.example.com:443/', 'https://app.example.com'],
  ['http://localhost:6274', 'http://localhost:6274'],
  ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
])('origin %s', (origin, wanted) => expect(origins([origin]).data?.mcpAllowedOrigins).toEqual([wanted]));

it.each([
  '',
  '*',
  'null',
  'app.example.com',
  'https://',
  'https://*',
  'https://a.example/path',
  'https://a@b',
  3,
])('no origin: %j', (origin) => expect(origins([origin]).success).toBe(false));
