import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Story } from './story.ts';
import { START, World } from './world.ts';

/** A failing seed is repeated with TRAILBELL_WORLD_SEED; TRAILBELL_WORLD_DAYS shortens or lengthens the month. */
const SEED = Number(process.env.TRAILBELL_WORLD_SEED ?? 20260101);
const DAYS = Number(process.env.TRAILBELL_WORLD_DAYS ?? 30);

it(`keeps every promise through a month of traffic, failures and deaths (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  // Simulated processes need no real disk: in memory a month takes seconds.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(memory, 'trailbell-world-'));
  const world = new World(SEED, folder);
  onTestFinished(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await world.boot();
  const story = new Story(world);
  await story.open();
  let steps = 0;
  try {
    for (; world.clock.now() < START + DAYS * 86_400_000; steps += 1) {
      await story.step();
      await story.ledger.check();
      // It looks a day back.
      if (steps % 8 === 0) await story.answers.check();
    }
    await story.end();
    await story.answers.check();
  } catch (error) {
    const at = new Date(world.clock.now()).toISOString();
    throw new Error(`seed ${SEED}, step ${steps}, ${at}: ${(error as Error).message}`, { cause: error });
  }
  // A month in which nothing happened would prove nothing.
  expect(story.ledger.roots).toBeGreaterThan(DAYS);
  expect(world.deaths).toBeGreaterThan(DAYS / 3);
  const rings = await world.store.read.selectFrom('rings').select('kind').execute();
  expect(rings.length).toBeGreaterThan(DAYS / 2);
  expect(rings.filter(({ kind }) => kind === 'repeat').length).toBeGreaterThan(DAYS / 10);
  expect(story.answers.acknowledged).toBeGreaterThan(DAYS / 10);
  expect(rings.filter(({ kind }) => kind === 'escalation').length).toBeGreaterThan(DAYS / 10);
  expect(story.answers.silenced).toBeGreaterThan(DAYS / 10);
});
