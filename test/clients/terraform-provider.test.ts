import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEngine } from '../engine/start.ts';

/** A folder laid out for `terraform init -plugin-dir`, with the provider hashicorp/aws in it. */
const PLUGINS = process.env.TRAILBELL_TEST_TERRAFORM_PLUGINS;
const isHere = PLUGINS !== undefined && spawnSync('terraform', ['version']).status === 0;
const CONFIGURATION = fileURLToPath(new URL('./terraform/main.tf', import.meta.url));

/** `terraform plan -detailed-exitcode` when there is nothing to do. */
const NOTHING_TO_DO = 0;

interface Outcome {
  readonly code: number;
  readonly output: string;
}

describe.skipIf(!isHere)('Terraform with its AWS provider (TRAILBELL_TEST_TERRAFORM_PLUGINS names its folder)', () => {
  // The provider waits half a minute for every change of a queue to settle, on AWS as here.
  it('creates, changes and destroys the chain, and comes to rest in between', { timeout: 900_000 }, async () => {
    const engine = await startEngine();
    const directory = await mkdtemp(join(tmpdir(), 'trailbell-terraform-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await copyFile(CONFIGURATION, join(directory, 'main.tf'));
    const terraform = (words: readonly string[], changed = false): Promise<Outcome> => {
      const env = {
        PATH: process.env.PATH,
        HOME: directory,
        CHECKPOINT_DISABLE: '1',
        TF_VAR_endpoint: engine.url,
        TF_VAR_changed: String(changed),
      };
      return new Promise((resolve) => {
        execFile('terraform', [...words, '-no-color'], { cwd: directory, env }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
        });
      });
    };
    const plan = ['plan', '-detailed-exitcode', '-input=false'];
    const apply = ['apply', '-auto-approve', '-input=false'];

    expect(await terraform(['init', `-plugin-dir=${PLUGINS}`])).toMatchObject({ code: 0 });
    expect(await terraform(apply)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Apply complete! Resources: 12 added, 0 changed, 0 destroyed.'),
    });
    expect(await terraform(plan)).toMatchObject({ code: NOTHING_TO_DO });
    expect(await terraform(apply, true)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Apply complete! Resources: 0 added, 7 changed, 0 destroyed.'),
    });
    expect(await terraform(plan, true)).toMatchObject({ code: NOTHING_TO_DO });
    expect(await terraform(['destroy', '-auto-approve', '-input=false'], true)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Destroy complete! Resources: 12 destroyed.'),
    });
  });
});
