import { defineConfig } from 'api-deploy';

// Every key can be overridden by the environment variable of its UPPER_SNAKE name (`PORT=9001`), by
// `.env` and by `.env.<NODE_ENV>`. The README lists all keys. After a change, call /api/reload-config.
export default defineConfig({
  host: '127.0.0.1',
  port: 8000,

  // Samples for development; with NODE_ENV=production they stop the start. Give your own as
  // VALID_TOKENS and ADMIN_TOKENS (comma-separated), rather than in a file under version control.
  validTokens: ['dev-token'],
  adminTokens: ['dev-admin-token'],

  apisDir: 'apis',
  hotReload: true,
  debug: true,

  bodyLimit: '1 MiB',
  functionTimeout: '30 s',

  enableRequestLogging: true,
  logToFile: true,
  logRequestBody: true,
  logResponseData: false,
  logMaxBodySize: 1000,
  logFilePath: 'logs/api_{date}.log',
  logRotation: '1 day',
  logRetention: '30 days',
});
