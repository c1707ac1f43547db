import { execFileSync } from 'node:child_process';

/** Builds once before all tests: those that start the real program run what users run. */
export function setup(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
