import { canonicalPattern } from '../controls/control.ts';
import { logGroupNamed } from '../judge/log-group-name.ts';
import type { Target } from '../judge/target.ts';
import { homeOf } from '../judge/trail-links.ts';
import type { Scanner } from './scanner.ts';

/** Compares texts without blanks and in lower case; reads no alarm and no topic. */
export const cloudSploit: Scanner = {
  tool: 'CloudSploit',
  as: 'aquasecurity/cloudsploit, December 2025',
  opinion(view, target) {
    const { trails } = view.scenario.state;
    if (trails.length === 0) return { says: 'PASS', why: 'Without any trail it reports no fault.' };
    const verdicts = trails.map((trail) => {
      const group = logGroupNamed(trail.describe.CloudWatchLogsLogGroupArn);
      if (!group) return { says: 'NO_DATA', why: 'Of a trail without a log group it reports nothing.' } as const;
      const { region } = homeOf(trail);
      if (view.denies('logs:DescribeMetricFilters', { account: view.account, region }))
        return { says: 'UNKNOWN', why: 'It may not read the metric filters.' } as const;
      const filters = view.filtersOn({ account: view.account, region }, group.name);
      if (filters.length === 0) return { says: 'FAIL', why: "A trail's log group has no filter." } as const;
      const here = view.scenario.state.metricFilters.filter(
        (filter) => filter.account === view.account && filter.region === region,
      );
      if (here.some(({ filterPattern }) => bare(filterPattern) === unquoted(bare(reference(target)))))
        return {
          says: 'PASS',
          why: 'A filter has its text but for case and blanks. It reads no alarm and no topic.',
        } as const;
      const isQuoted = here.some(({ filterPattern }) => bare(filterPattern) === bare(reference(target)));
      return {
        says: 'FAIL',
        why: isQuoted
          ? 'Its text of December 2025 has no quotes; versions that have them would pass.'
          : 'No filter has its text, even without regard to case and blanks.',
      } as const;
    });
    return (
      verdicts.find(({ says }) => says === 'FAIL') ?? verdicts.find(({ says }) => says === 'UNKNOWN') ?? verdicts[0]!
    );
  },
};

const bare = (text: string): string => text.replace(/\s+/g, '').toLowerCase();
const unquoted = (text: string): string => text.replaceAll('"', '');

/** It has one list of texts for all benchmarks. */
const reference = ({ control }: Target): string =>
  canonicalPattern(control, control.slug === 'route-table-changes' ? '2.0.0' : '5.0.0');
