import type { Paint } from '../report/text-report.ts';
import type { DrillProof, DrillStep } from './drill-step.ts';

const OUTCOMES: Readonly<Record<DrillProof['outcome'], string>> = {
  rang: 'It rang.',
  holds: 'All that was looked at holds.',
  broken: 'It does not ring.',
  unproven: 'Not all of it could be proved.',
};

/** A proof for a terminal. */
export function textProof(proof: DrillProof, paint: Paint): string {
  const { outcome, steps, notProved, left } = proof;
  const color = outcome === 'broken' ? paint.red : outcome === 'unproven' ? paint.yellow : paint.green;
  return [
    ...steps.map((step) => lineOf(step, paint)),
    color(OUTCOMES[outcome]),
    ...notProved.map((what) => `Not proved: ${what}.`),
    ...left.map((what) => `${paint.red('✗')} Left behind: ${what}`),
  ].join('\n');
}

function lineOf({ link, name, after, holds, says }: DrillStep, paint: Paint): string {
  const mark = holds === true ? paint.green('✓') : holds === false ? paint.red('✗') : paint.yellow('?');
  const when = after === null ? '' : `  after ${(after / 1_000).toFixed(3)} s`;
  return `${mark} ${link.padEnd(14)} ${name}${name ? ': ' : ''}${says}${when}`;
}
