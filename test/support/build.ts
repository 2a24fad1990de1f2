import { execFileSync } from 'node:child_process';

/** Tests of the command line run what is built; an old build must not pass for the present source. */
export default function build(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
}
