import { describe, expect, it } from 'vitest';
import { readDeclarations } from '../declarations.ts';
import { readScenario, StateError } from '../state.ts';
import { judge } from './judge.ts';

const NOW = Date.UTC(2026, 2, 4, 10);
const ACCOUNT = '111122223333';
const PLACE = { account: ACCOUNT, region: 'us-east-1' };
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:security`;
const trail = {
  describe: {
    Name: 'main',
    TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`,
    HomeRegion: 'us-east-1',
    IsMultiRegionTrail: true,
    CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:CloudTrail/logs:*`,
  },
  status: { IsLogging: true, hoursSinceCloudWatchLogsDelivery: 0.1 },
  EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
};
const rule = {
  ...PLACE,
  Name: 'root',
  State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
  EventPattern: { detail: { userIdentity: { type: ['Root'] } } },
  Targets: [TOPIC],
};
const topic = {
  account: ACCOUNT,
  TopicArn: TOPIC,
  Policy: {
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TOPIC },
    ],
  },
};
const subscription = { TopicArn: TOPIC, Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: `${TOPIC}:1` };
const base = {
  trails: [trail],
  logGroups: [{ ...PLACE, logGroupName: 'CloudTrail/logs' }],
  topics: [topic],
  subscriptions: [subscription],
  enabledRegions: ['us-east-1'],
};

function judged(state: object, declared?: unknown) {
  const scenario = readScenario({ auditedAccount: ACCOUNT, control: 'root-usage', state: { ...base, ...state } });
  const options = declared === undefined ? { now: NOW } : { now: NOW, declared: readDeclarations(declared) };
  return judge(scenario, options)[0]!;
}

describe('an EventBridge rule beside a chain that is not there', () => {
  it('is worth a review, with what it matches and whom it tells', () => {
    const { verdict, brokenLinks, reason, evidence } = judged({ eventBridgeRules: [rule] });
    expect([verdict, brokenLinks]).toEqual(['REVIEW', ['F1']]);
    expect(reason).toContain(
      `EventBridge rule root (us-east-1) tells ${TOPIC}. It matches every event that it should.`,
    );
    expect(evidence.map(({ source }) => source)).toContain('other means');
  });

  it('is told what its state keeps from it, and where no rule of the kind is', () => {
    const reasonOf = (changes: object, state: object = {}) =>
      judged({ ...state, eventBridgeRules: [{ ...rule, ...changes }] }).reason;
    expect(reasonOf({ State: 'ENABLED' })).toContain(
      'misses events, such as ListUsers in us-east-1, because rules in its state',
    );
    expect(reasonOf({}, { enabledRegions: ['us-east-1', 'eu-west-1'] })).toContain(
      'No rule of the kind is in eu-west-1.',
    );
    expect(reasonOf({ region: 'eu-west-1' })).toContain('No rule of the kind is in us-east-1, where root signs in.');
    expect(reasonOf({ EventPattern: { detail: { eventName: ['ConsoleLogin'] } } })).toContain(
      'such as CreateAccessKey',
    );
  });

  it('counts for nothing where it certainly reaches nobody', () => {
    const verdictOf = (changes: object, state: object = {}) => {
      const { verdict, evidence } = judged({ ...state, eventBridgeRules: [{ ...rule, ...changes }] });
      return `${verdict} ${evidence.findLast(({ source }) => source === 'other means')?.fact ?? ''}`;
    };
    expect(verdictOf({ State: 'DISABLED' })).toMatch(/^FAIL .* is disabled\.$/);
    expect(verdictOf({ Targets: [] })).toMatch(/^FAIL .* has no target/);
    expect(verdictOf({}, { subscriptions: [] })).toMatch(/^FAIL .* Nobody has subscribed to topic security\.$/s);
    expect(verdictOf({}, { topics: [] })).toMatch(/^FAIL .* does not exist\./);
    expect(verdictOf({}, { topics: [{ account: ACCOUNT, TopicArn: TOPIC, Policy: { Statement: [] } }] })).toMatch(
      /^FAIL .* does not let EventBridge rule root publish/,
    );
    expect(verdictOf({ EventPattern: { source: ['aws.ec2'], detail: { userIdentity: { type: ['IAMUser'] } } } })).toBe(
      'FAIL ',
    );
    expect(verdictOf({}, { trails: [{ ...trail, status: { IsLogging: false } }] })).toBe('FAIL ');
    expect(verdictOf({ Targets: ['arn:aws:lambda:us-east-1:111122223333:function:tell'] })).toMatch(
      /^REVIEW .*not seen here/,
    );
  });
});

describe('a subscription filter', () => {
  const filter = {
    ...PLACE,
    filterName: 'siem',
    logGroupName: 'CloudTrail/logs',
    filterPattern: '',
    destinationArn: 'arn:aws:firehose:us-east-1:111122223333:deliverystream/siem',
  };

  it("is worth a review on the trail's log group alone, and while events arrive there", () => {
    expect(judged({ subscriptionFilters: [filter] }).verdict).toBe('REVIEW');
    expect(
      judged({ subscriptionFilters: [{ ...filter, filterPattern: '{ $.eventName = StopLogging }' }] }).verdict,
    ).toBe('FAIL');
    expect(judged({ subscriptionFilters: [{ ...filter, logGroupName: 'app' }] }).verdict).toBe('FAIL');
    const silent = { ...trail, status: { IsLogging: true, hoursSinceCloudWatchLogsDelivery: 300 } };
    expect(judged({ trails: [silent], subscriptionFilters: [filter] }).verdict).toBe('FAIL');
  });
});

describe('means that people declare', () => {
  const drill = {
    at: '2026-02-20T10:00:00Z',
    confirmedAt: '2026-02-20T10:00:40Z',
    confirmedBy: 'alice',
    eventId: 'e1',
  };
  const declared = (means: object, exceptions: object[] = []) => ({
    means: [{ name: 'Splunk', ...means }],
    exceptions,
  });

  it('pass for so many days after a drill that somebody confirmed, and are to be reviewed otherwise', () => {
    const { verdict, reason, fix, evidence, brokenLink } = judged({}, declared({ drills: [drill] }));
    expect([verdict, fix, brokenLink]).toEqual(['PASS', '', null]);
    expect(reason).toBe(
      'Splunk rang in a drill of 2026-02-20T10:00:00Z, confirmed at 2026-02-20T10:00:40Z by alice; that holds for 30 days.',
    );
    expect(evidence.at(-1)).toMatchObject({ source: 'drill', about: 'Splunk' });
    const verdictOf = (means: object) => judged({}, declared(means)).verdict;
    expect(verdictOf({ drills: [drill], validDays: 11 })).toBe('REVIEW');
    expect(verdictOf({ drills: [drill], validDays: 12 })).toBe('PASS');
    expect(verdictOf({ drills: [{ at: drill.at }] })).toBe('REVIEW');
    expect(verdictOf({ drills: [{ ...drill, confirmedAt: '2026-04-01T00:00:00Z' }] })).toBe('REVIEW');
    expect(verdictOf({ drills: [{ ...drill, at: '2026-03-01T00:00:00Z' }] })).toBe('REVIEW');
    expect(verdictOf({})).toBe('REVIEW');
  });

  it('are for their controls and accounts, and ring for nothing that no trail records', () => {
    const verdictOf = (means: object, state: object = {}) =>
      judged(state, declared({ drills: [drill], ...means })).verdict;
    expect(verdictOf({ controls: ['4.3'], accounts: [ACCOUNT] })).toBe('PASS');
    expect(verdictOf({ controls: ['cloudtrail-changes'] })).toBe('FAIL');
    expect(verdictOf({ accounts: ['444455556666'] })).toBe('FAIL');
    expect(verdictOf({}, { trails: [{ ...trail, status: { IsLogging: false } }] })).toBe('FAIL');
    expect(verdictOf({}, { trails: [] })).toBe('FAIL');
  });

  it('stand beside recorded exceptions, which change no verdict and expire', () => {
    const exception = {
      control: 'CloudWatch.1',
      owner: 'bob',
      reason: 'moving to Splunk',
      expires: '2026-04-01T00:00:00Z',
    };
    const finding = judged({}, { exceptions: [exception] });
    expect(finding).toMatchObject({ verdict: 'FAIL', exception: { owner: 'bob', reason: 'moving to Splunk' } });
    expect(judged({}, { exceptions: [{ ...exception, expires: '2026-03-01T00:00:00Z' }] })).not.toHaveProperty(
      'exception',
    );
    expect(judged({}, { exceptions: [{ ...exception, accounts: ['444455556666'] }] })).not.toHaveProperty('exception');
  });

  it('are refused with the place that is wrong', () => {
    const problem = (value: unknown) => () => readDeclarations(value);
    expect(problem({ means: [{}] })).toThrow(/^means\.0\.name: /);
    expect(problem({ exceptions: [{ control: '4.99', owner: 'a', reason: 'b', expires: drill.at }] })).toThrow(
      'There is no control "4.99"',
    );
    expect(problem({ exceptions: [{ control: '4.3', owner: 'a', reason: 'b', expires: 'soon' }] })).toThrow(
      /expires: expected a time/,
    );
    expect(problem({ proofs: [] })).toThrow(StateError);
  });
});
