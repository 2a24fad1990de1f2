import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchDir = dirname(fileURLToPath(import.meta.url));
export const projectDir = dirname(benchDir);
/** The command line as it is published. */
export const cliFile = join(projectDir, 'bin/api-deploy.js');
