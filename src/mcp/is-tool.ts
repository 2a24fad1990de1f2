import type { Endpoint } from '../registry/snapshot.ts';
import { takesFiles } from './takes-files.ts';

/** Whether agents may call the function: unless its author said no, or its arguments are files. */
export function isTool({ options, signature }: Endpoint): boolean {
  return options.mcp !== false && !takesFiles(signature);
}
