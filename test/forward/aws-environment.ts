import { onTestFinished } from 'vitest';

/** Credentials as AWS's SDK finds them, until the test ends. */
export function awsEnvironment(): void {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  onTestFinished(() => {
    process.env = before;
  });
}
