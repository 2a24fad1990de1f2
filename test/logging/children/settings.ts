import type { LogSettings } from '../../../src/logging/log-settings.ts';

export const defaultSettings: LogSettings = {
  enableRequestLogging: true,
  logToFile: true,
  logLevel: 'info',
  logRequestBody: true,
  logResponseData: false,
  logMaxBodySize: 1000,
  logFilePath: 'logs/api_{date}.log',
  logRotation: { everySeconds: 86_400 },
  logRetention: 30 * 86_400,
};
