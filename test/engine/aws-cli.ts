import { execFile, spawnSync } from 'node:child_process';

/** Whether the machine has the AWS CLI; its tests are skipped by name where it has not. */
export const hasAwsCli = spawnSync('aws', ['--version']).status === 0;

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment a person would have: an account, a region, no waiting for retries. */
export const cliEnvironment = (account = '000000000000'): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ACCESS_KEY_ID: account,
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
});

/** Runs one shell command line. */
export function shell(command: string, env: NodeJS.ProcessEnv = cliEnvironment()): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}
