import { CONTROLS } from '../audit/controls/find-control.ts';
import type { MeaningOf } from '../chain/channels/meaning.ts';

/** The words of a control for the metrics that `--cis` makes: its place is the same in every version of the benchmark. */
export const controlMeaning: MeaningOf = (metric) => {
  const [, place] = /^CISBenchmark\/CIS-\d{1,2}\.(\d{1,2})$/.exec(metric) ?? [];
  const control = CONTROLS.find((each) => each.place === Number(place));
  return control && `${control.intent} ${control.advice}`;
};
