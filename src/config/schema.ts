import * as z from 'zod';
import { logLevels } from '../contract/log-port.ts';
import {
  duration,
  durationOrOff,
  hostName,
  logFilePath,
  logRotation,
  longestTimer,
  rateLimit,
  size,
  webOrigin,
  workerCount,
} from './config-fields.ts';

/** What a save with type errors leads to. */
const typeErrorModes = ['off', 'warn', 'block'] as const;

/** What a save that breaks callers leads to. */
const breakingChangeModes = ['allow', 'warn', 'block'] as const;

/** Who may read `/metrics`. */
const metricsModes = ['off', 'admin', 'open'] as const;

const token = z.string().regex(/^[^\s\p{Cc}]+$/u);
const day = 86_400;

/**
 * Every key with its validation and its default (`prefault`: written as an author would write it).
 * What else belongs to a key (environment variable, descriptions, reload) is in `config-keys.ts`.
 */
export const configSchema = z.strictObject({
  host: z.string().min(1).prefault('127.0.0.1'),
  port: z.int().min(0).max(65_535).prefault(8_000),
  validTokens: z.array(token).prefault([]),
  adminTokens: z.array(token).prefault([]),
  hotReload: z.boolean().prefault(true),
  debug: z.boolean().prefault(true),
  apisDir: z.string().min(1).prefault('apis'),
  dataDir: z.string().min(1).prefault('data'),
  typeErrors: z.enum(typeErrorModes).prefault('warn'),
  breakingChanges: z.enum(breakingChangeModes).prefault('warn'),
  workers: workerCount().prefault(1),
  bodyLimit: size({ min: 1, max: 256 * 2 ** 20 }).prefault('1 MiB'),
  uploadLimit: size({ min: 1, max: 16 * 2 ** 30 }).prefault('64 MiB'),
  functionTimeout: duration({ min: 0.001, max: longestTimer }).prefault('30 s'),
  blockTimeout: durationOrOff({ min: 0.05, max: longestTimer }).prefault('5 s'),
  quarantineAfter: z.int().min(0).prefault(3),
  loadTimeout: duration({ min: 0.001, max: longestTimer }).prefault('5 s'),
  disposeTimeout: duration({ min: 0.001, max: longestTimer }).prefault('30 s'),
  reloadTimeout: duration({ min: 0.1, max: longestTimer }).prefault('2 minutes'),
  scanInterval: duration({ min: 0, max: longestTimer }).prefault('30 s'),
  maxFileSize: size({ min: 1, max: 256 * 2 ** 20 }).prefault('1 MiB'),
  keepGenerations: z.int().min(1).max(1_000).prefault(10),
  shutdownTimeout: duration({ min: 0, max: longestTimer }).prefault('30 s'),
  maxConcurrentCalls: z.int().min(1).prefault(1_000),
  maxConnections: z.int().min(1).prefault(10_000),
  maxEventLoopLag: duration({ min: 0, max: 3_600 }).prefault('0 s'),
  bufferLimit: size({ min: 1, max: 64 * 2 ** 30 }).prefault('256 MiB'),
  headersTimeout: duration({ min: 0.001, max: 3_600 }).prefault('15 s'),
  directLane: z.boolean().prefault(true),
  requestTimeout: duration({ min: 0.001, max: 3_600 }).prefault('60 s'),
  sendTimeout: duration({ min: 0.001, max: 3_600 }).prefault('60 s'),
  keepAliveTimeout: duration({ min: 0.001, max: 3_600 }).prefault('65 s'),
  rateLimit: rateLimit(),
  enableRequestLogging: z.boolean().prefault(true),
  logToFile: z.boolean().prefault(true),
  logLevel: z.enum(logLevels).prefault('info'),
  logRequestBody: z.boolean().prefault(true),
  logResponseData: z.boolean().prefault(false),
  logMaxBodySize: z.int().min(0).max(100_000).prefault(1_000),
  logFilePath: logFilePath().prefault('logs/api_{date}.log'),
  logRotation: logRotation().prefault('1 day'),
  logRetention: duration({ min: 1, max: 100 * 365 * day }).prefault('30 days'),
  metrics: z.enum(metricsModes).prefault('admin'),
  backupInterval: durationOrOff({ min: 60, max: longestTimer }).prefault('1 day'),
  backupRetention: duration({ min: 60, max: 100 * 365 * day }).prefault('7 days'),
  backupCount: z.int().min(1).max(10_000).prefault(100),
  /** Filled in when the environment is known. */
  runnerAllowPrivate: z.boolean().optional(),
  mcpAllowedHosts: z.array(hostName()).prefault([]),
  mcpAllowedOrigins: z.array(webOrigin()).prefault([]),
});

/** What `config.ts` may say: every key is optional, durations and sizes may be texts. */
export type ConfigInput = z.input<typeof configSchema>;

/** The configuration in force: durations in seconds, sizes in bytes, paths absolute, deeply frozen. */
export type Config = Frozen<z.output<typeof configSchema>>;

export type ConfigKey = keyof Config;

/** In the order of the schema, which is the order of the README's table. */
export const configKeyNames = Object.keys(configSchema.shape) as ConfigKey[];

type Frozen<T> = { readonly [K in keyof T]: T[K] extends string[] ? readonly string[] : T[K] };
