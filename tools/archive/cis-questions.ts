import { DEFAULT_BENCHMARK } from '../../src/audit/controls/benchmark.ts';
import { canonicalPattern } from '../../src/audit/controls/control.ts';
import { controlsOf } from '../../src/audit/controls/find-control.ts';

/** The patterns of the fifteen monitoring controls. */
export const CIS_PATTERNS: readonly string[] = controlsOf(DEFAULT_BENCHMARK).map((control) =>
  canonicalPattern(control, DEFAULT_BENCHMARK),
);

export interface Event {
  readonly eventName?: unknown;
  readonly eventSource?: unknown;
  readonly eventType?: unknown;
  readonly errorCode?: unknown;
  readonly errorMessage?: unknown;
  readonly sourceIPAddress?: unknown;
  readonly userIdentity?: { readonly type?: unknown; readonly invokedBy?: unknown } | null;
  readonly additionalEventData?: { readonly MFAUsed?: unknown } | null;
}

/** The fifteen questions as somebody would write them by hand, with the names of the canonical patterns. */
export const CIS_QUESTIONS: readonly ((event: Event) => boolean)[] = CIS_PATTERNS.map((pattern, place) => {
  const names = new Set<unknown>([...pattern.matchAll(/\$\.eventName\s*=\s*"?(\w+)/g)].map(([, name]) => name));
  const source = /\$\.eventSource = ([\w.]+)/.exec(pattern)?.[1];
  const differs = (value: unknown, other: string): boolean => typeof value === 'string' && value !== other;
  switch (place + 1) {
    case 1:
      return ({ errorCode, sourceIPAddress, eventName }) =>
        typeof errorCode === 'string' &&
        (errorCode.endsWith('UnauthorizedOperation') ||
          (errorCode.startsWith('AccessDenied') &&
            differs(sourceIPAddress, 'delivery.logs.amazonaws.com') &&
            differs(eventName, 'HeadBucket')));
    case 2:
      return (event) => event.eventName === 'ConsoleLogin' && differs(event.additionalEventData?.MFAUsed, 'Yes');
    case 3:
      return ({ userIdentity, eventType }) =>
        userIdentity?.type === 'Root' && userIdentity.invokedBy === undefined && differs(eventType, 'AwsServiceEvent');
    case 6:
      return (event) => event.eventName === 'ConsoleLogin' && event.errorMessage === 'Failed authentication';
    case 13:
      return ({ eventName, eventSource }) =>
        names.has(eventName) && (eventName !== 'CreateRoute' || eventSource === 'ec2.amazonaws.com');
    default:
      return ({ eventName, eventSource }) => names.has(eventName) && (source === undefined || eventSource === source);
  }
});
