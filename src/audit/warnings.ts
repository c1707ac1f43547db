/**
 * What a finding warns of besides its verdict. Codes that end in a dash are completed: by seconds
 * (`re-notification-gap-3600s`) or by an event name (`newer-benchmark-needs-ModifySecurityGroupRules`).
 */
export const WARNINGS = {
  'over-broad': 'The filters also match events beyond the prescribed ones, so some rings will be for nothing.',
  partial: 'Only part of the prescribed events is lost; the others still ring.',
  'retired-api-only': 'Only calls that AWS has retired are missed: there is no practical risk.',
  'muted-window': 'A mute rule silences the alarm at some times.',
  'delivery-unproven': 'CloudTrail tells of no delivery to the log group yet, nor of an error.',
  're-notification-gap-':
    'After a ring the alarm stays in ALARM for so long; further events ring no bell in that time.',
  'newer-benchmark-needs-': 'A newer benchmark prescribes this event name too.',
} as const;
