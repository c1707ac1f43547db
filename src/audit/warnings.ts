/**
 * What a finding warns of besides its verdict. Codes that end in a dash are completed, and the
 * completion stands for % in the sentence: seconds (`re-notification-gap-3600s`) or an event name (`newer-benchmark-needs-ModifySecurityGroupRules`).
 */
export const WARNINGS = {
  'over-broad': 'The filters also match events beyond the prescribed ones, so some rings will be for nothing.',
  partial: 'Only part of the prescribed events is lost; the others are recorded.',
  'retired-api-only': 'Only calls that AWS has retired are missed: there is no practical risk.',
  'muted-window': 'A mute rule silences the alarm at some times.',
  'suppressed-now': 'An actions suppressor silences the alarm now.',
  'delivery-unproven': 'CloudTrail tells of no delivery to the log group yet, nor of an error.',
  'in-alarm': 'The alarm is in ALARM now: it rings again only after it has come to rest.',
  'rings-once':
    'After one ring nothing brings the alarm back to OK, because missing data are ignored: it will not ring again.',
  'split-chains': 'Several chains share the events: each must stay whole.',
  're-notification-gap-':
    'After a ring the alarm stays in ALARM for up to %, and further events ring no bell in that time.',
  'newer-benchmark-needs-': 'A newer benchmark prescribes %, too.',
} as const;

/** What a warning's code means, in a sentence; undefined for a code that there is not. */
export function warningText(code: string): string | undefined {
  const known = Object.entries(WARNINGS).find(
    ([name]) => name === code || (name.endsWith('-') && code.startsWith(name)),
  );
  if (!known) return undefined;
  const [name, text] = known;
  return text.replace('%', code.slice(name.length).replace(/^(\d+)s$/, '$1 seconds'));
}
