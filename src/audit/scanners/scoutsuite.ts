import { canonicalPattern } from '../controls/control.ts';
import { eventNamesIn } from '../judge/example-events.ts';
import type { Target } from '../judge/target.ts';
import { ownFilters, type Scanner } from './scanner.ts';

/** Compares the whole text of every filter, on whatever group, letter by letter; looks at no alarm. */
export const scoutSuite: Scanner = {
  tool: 'ScoutSuite',
  as: 'nccgroup/ScoutSuite, May 2024',
  opinion(view, target) {
    const text = reference(target);
    if (text === undefined) return { says: 'no check', why: 'It has no check for it.' };
    return ownFilters(view).some(({ filterPattern }) => filterPattern === text)
      ? {
          says: 'PASS',
          why: 'Some filter, on whatever log group, has its text letter by letter. It looks at nothing else.',
        }
      : { says: 'FAIL', why: 'No filter has its text letter by letter, blanks included.' };
  },
};

const listed = (names: readonly string[], sign: string): string =>
  names.map((name) => `($.eventName${sign}${name})`).join(' || ');

/** Its texts are those of benchmark 1.2.0 with blanks of its own; that for buckets lacks two names. */
function reference({ control }: Target): string | undefined {
  const printed = canonicalPattern(control, '2.0.0');
  const names = eventNamesIn(printed);
  switch (control.slug) {
    case 'unauthorized-api-calls':
      return canonicalPattern(control, '1.2.0');
    case 'console-sign-in-without-mfa':
    case 'root-usage':
    case 'console-sign-in-failures':
      return printed;
    case 'iam-policy-changes':
      return `{ ${listed(names, '=')} }`;
    case 'kms-key-removal':
      return `{ ($.eventSource = kms.amazonaws.com) && (${listed(names, ' = ')}) }`;
    case 'config-changes':
      return `{ ($.eventSource = config.amazonaws.com) && (${listed(names, ' = ')}) }`;
    case 's3-bucket-policy-changes': {
      const some = names.filter((name) => name !== 'DeleteBucketCors' && name !== 'DeleteBucketLifecycle');
      return `{ ($.eventSource = s3.amazonaws.com) && (${listed(some, ' = ')}) }`;
    }
    case 'organizations-changes':
      return undefined;
    default:
      return `{ ${listed(names, ' = ')} }`;
  }
}
