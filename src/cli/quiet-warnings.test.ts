import { expect, it } from 'vitest';
import { quietWarnings } from './quiet-warnings.ts';

it('keeps from people what they cannot act on, and nothing else', () => {
  const said: unknown[][] = [];
  const runtime = { emitWarning: (...words: unknown[]) => void said.push(words) };
  quietWarnings(runtime);
  runtime.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
  runtime.emitWarning('NodeVersionSupportWarning: The AWS SDK for JavaScript (v3)');
  runtime.emitWarning('a handle is not closed', 'Warning');
  runtime.emitWarning(new Error('out of date'));
  expect(said).toEqual([['a handle is not closed', 'Warning'], [new Error('out of date')]]);
});
