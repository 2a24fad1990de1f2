import type { Config } from '../config/schema.ts';

/** The part of the configuration that the log uses. File, path and rotation are read once, the rest at each line. */
export type LogSettings = Pick<
  Config,
  | 'enableRequestLogging'
  | 'logToFile'
  | 'logLevel'
  | 'logRequestBody'
  | 'logResponseData'
  | 'logMaxBodySize'
  | 'logFilePath'
  | 'logRotation'
  | 'logRetention'
>;
