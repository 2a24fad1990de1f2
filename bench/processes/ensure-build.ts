import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../paths.ts';

/**
 * Builds the runtime when its build is older than its source: figures of an old build would be told as new ones.
 *
 * @throws Error when the build fails
 */
export function ensureBuild(): void {
  const built = join(projectDir, 'dist/main.js');
  if (existsSync(built) && statSync(built).mtimeMs >= newest(join(projectDir, 'src'))) return;
  console.error('building the runtime (npm run build)');
  execFileSync('npm', ['run', 'build', '--silent'], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Math.max(
    ...entries
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}
