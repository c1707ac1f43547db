import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Refusal } from '../base/refusal.ts';
import { type Simulated, simulate, simulateTimeline, type Vector } from '../chain/alarms/simulate.ts';
import { readVectors, VectorFault } from '../chain/alarms/vector-input.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

/** The whole of standard input. */
const STANDARD_INPUT = 0;

const EXAMPLE = `
A vector says what an alarm is and what data it gets; times are seconds:
  {"kind": "timeline", "alarm": {"Namespace": "CISBenchmark", "MetricName": "RootUse", "Statistic": "Sum",
   "Period": 300, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"},
   "datapoints": [{"t": 1000, "Value": 1}], "evaluatePhase": 40, "until": 3600}

Example:
  trailbell alarm simulate root-used.json --json`;

export function alarmCommand(terminal: Terminal): Command {
  const command = new Command('alarm').description('Alarms, without an engine.');
  command
    .command('simulate')
    .description('Replay datapoints through an alarm: what would it have done, and when?')
    .argument('<file>', 'a vector, a list of vectors, or an object with a list "vectors"; - for standard input')
    .option('--json', 'print one JSON array, an entry for each vector')
    .option('--on-arrival', "judge timelines when data arrives, as the engine does, rather than on AWS's schedule")
    .addHelpText('after', EXAMPLE)
    .action((file: string, options: { json?: boolean; onArrival?: boolean }) => {
      const vectors = vectorsIn(file);
      const results = vectors.map((vector) => resultOf(vector, options.onArrival === true));
      if (options.json) return terminal.out(JSON.stringify(results));
      for (const result of results) terminal.out(describe(result));
    });
  return command;
}

function vectorsIn(file: string): Vector[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, EXIT.unfinished);
  }
  try {
    return readVectors(text);
  } catch (error) {
    if (error instanceof VectorFault) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

function resultOf(vector: Vector, isOnArrival: boolean): Simulated {
  try {
    // Nothing is known of data to come, so that only what no data can undo is brought forward.
    if (vector.kind === 'timeline' && isOnArrival) return simulateTimeline(vector, { everyPointBreaches: false });
    return simulate(vector);
  } catch (error) {
    if (error instanceof Refusal) throw new CommandError(`${vector.id}: ${error.message}`);
    throw error;
  }
}

/** A result for people: the same as the JSON in a line or a few. */
function describe(result: Simulated): string {
  if ('byPrior' in result) {
    const changes = Object.entries(result.byPrior).map(([from, to]) => `${from} -> ${to}`);
    return `${result.id}: ${changes.join(', ')}`;
  }
  if ('range' in result) {
    const range = result.range.map((value) => value ?? '-').join(' ');
    return `${result.id}: ${result.state}, judging ${range} up to ${result.windowEnd} s`;
  }
  const lines = result.transitions.map(({ at, from, to, actions, by }) => {
    const runs = actions.length > 0 ? `, runs ${actions.join(' ')}` : '';
    return `  ${String(at).padStart(8)} s  ${from} -> ${to}${by ? ` by ${by}` : ''}${runs}`;
  });
  return [`${result.id}: ends in ${result.finalState}`, ...lines].join('\n');
}
