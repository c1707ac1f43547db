import { acceptedForms, canonicalPattern } from '../../src/audit/controls/control.ts';
import { exampleEvents } from '../../src/audit/judge/example-events.ts';
import { compilePattern } from '../../src/pattern/index.ts';
import { divided, isJoined, patternOf, repeated, rewritten, treeOf } from './pattern-rewrites.ts';
import type { Change, Expectation, World } from './state-generator.ts';

type Alarm = World['alarm'];
type Loose = Record<string, unknown>;

const PASS: Expectation = { verdict: 'PASS' };
const fail = (...links: string[]): Expectation => ({ verdict: 'FAIL', links });
const unknown = (link: string): Expectation => ({ verdict: 'UNKNOWN', links: [link] });

/** Changes a resource in place: the generator made it, and nobody else has it. */
const set = (resource: object, members: Loose): void => void Object.assign(resource, members);

const withoutMember = (resource: object, name: string): void => void delete (resource as Loose)[name];

const subscription = ({ state }: World): object => state.subscriptions[0]!;

/** Rewrites that change nothing. */
const keeping: Readonly<Record<string, Change>> = {
  'nothing is changed': () => PASS,
  'the pattern in other words': ({ filter, dice }) => {
    set(filter, { filterPattern: rewritten(filter.filterPattern, dice) });
    return filter.filterPattern.length <= 1_024 ? PASS : undefined;
  },
  'the pattern said twice': ({ filter, dice }) => {
    set(filter, { filterPattern: repeated(filter.filterPattern, dice) });
    return filter.filterPattern.length <= 1_024 ? PASS : undefined;
  },
  'the pattern over two filters': ({ filter, state, dice }) => {
    const parts = divided(filter.filterPattern, dice);
    if (!parts) return undefined;
    set(filter, { filterPattern: parts[0] });
    state.metricFilters = [...state.metricFilters, { ...filter, filterName: 'second', filterPattern: parts[1] }];
    return PASS;
  },
  'the pattern over two filters with alarms of their own': ({ filter, alarm, state, dice }) => {
    const parts = divided(filter.filterPattern, dice);
    if (!parts) return undefined;
    set(filter, { filterPattern: parts[0] });
    const [transformation] = filter.metricTransformations;
    const second = {
      ...filter,
      filterName: 'second',
      filterPattern: parts[1],
      metricTransformations: [{ ...transformation!, metricName: 'second' }],
    };
    state.metricFilters = [...state.metricFilters, second];
    state.alarms = [...state.alarms, { ...alarm, AlarmName: 'second', MetricName: 'second' }];
    return { verdict: 'PASS', warning: 'split-chains' };
  },
  'a demand that every record meets': ({ filter, dice }) => {
    const demand = dice.one(['$.eventVersion = *', '$.eventName = "*"', '$.awsRegion != "x" || $.awsRegion = "x"']);
    set(filter, { filterPattern: filter.filterPattern.replace(/^\{(.*)\}\s*$/s, `{ ($1) && (${demand}) }`) });
    return filter.filterPattern.length <= 1_024 ? PASS : undefined;
  },
  'a broader pattern': ({ filter }) => {
    set(filter, { filterPattern: filter.filterPattern.replace(/\}\s*$/, '|| $.eventName = "SomethingElse" }') });
    return filter.filterPattern.length <= 1_024 ? { verdict: 'PASS', warning: 'over-broad' } : undefined;
  },
  'a dead filter beside': ({ filter, state }) => {
    const dead = {
      ...filter,
      filterName: 'a-dead',
      metricTransformations: [{ ...filter.metricTransformations[0]!, metricName: 'dead' }],
    };
    state.metricFilters = [dead, ...state.metricFilters];
    return PASS;
  },
  'a dead alarm beside': ({ alarm, state }) => {
    state.alarms = [{ ...alarm, AlarmName: 'a-dead', AlarmActions: [] }, ...state.alarms];
    return PASS;
  },
  'another threshold for the same': ({ alarm, dice }) => {
    set(alarm, { ComparisonOperator: 'GreaterThanThreshold', Threshold: dice.one([0, 0.5, 0.999]) });
    return PASS;
  },
  'another statistic for the same': ({ alarm, dice }) => {
    const name = dice.one(['SampleCount', 'Maximum', 'Average', 'Minimum', 'p100', 'p50']);
    if (name.startsWith('p')) {
      withoutMember(alarm, 'Statistic');
      set(alarm, { ExtendedStatistic: name });
    } else set(alarm, { Statistic: name });
    return PASS;
  },
  'a default value of zero': ({ filter }) => {
    set(filter.metricTransformations[0]!, { defaultValue: 0 });
    return PASS;
  },
  'one of many periods': ({ alarm, dice }) => {
    const EvaluationPeriods = 2 + dice.below(20);
    set(alarm, { EvaluationPeriods, DatapointsToAlarm: 1 });
    return { verdict: 'PASS', warning: `re-notification-gap-${EvaluationPeriods * 300}s` };
  },
  'another period': ({ alarm, dice }) => {
    set(alarm, { Period: dice.one([10, 30, 60, 120, 300]) });
    return PASS;
  },
  'a match that counts more': ({ filter, alarm, dice }) => {
    const value = dice.one([2, 5, 0.5]);
    set(filter.metricTransformations[0]!, { metricValue: String(value) });
    set(alarm, { Threshold: value });
    return PASS;
  },
  'metric math for the same': ({ alarm, dice }) => {
    const { MetricName, Namespace } = alarm;
    const Expression = dice.one(['m1', 'FILL(m1, 0)', 'm1 * 1', 'SUM([m1])', 'IF(m1 > 0, 1, 0)', 'MAX([m1])']);
    for (const name of ['MetricName', 'Namespace', 'Statistic', 'Period', 'Dimensions']) withoutMember(alarm, name);
    const MetricStat = { Metric: { MetricName, Namespace }, Period: 300, Stat: 'Sum' };
    set(alarm, {
      Metrics: [
        { Id: 'm1', MetricStat, ReturnData: false },
        { Id: 'e1', Expression, ReturnData: true },
      ],
    });
    return PASS;
  },
  'a composite alarm that tells': ({ alarm, state, topic, dice }) => {
    set(alarm, { AlarmActions: [] });
    const other = dice.one([
      'ALARM("wanted")',
      'ALARM("cpu") OR ALARM("wanted")',
      'ALARM(wanted) AND NOT ALARM(repairs)',
      'AT_LEAST(1, ALARM, (wanted, cpu))',
    ]);
    state.alarms = [...state.alarms, composite(alarm, 'above', other, [topic])];
    return PASS;
  },
  'a composite alarm above a composite alarm': ({ alarm, state, topic }) => {
    set(alarm, { AlarmActions: [] });
    const first = composite(alarm, 'middle', 'ALARM("wanted")', []);
    state.alarms = [...state.alarms, first, composite(alarm, 'above', 'ALARM("middle") OR ALARM("x")', [topic])];
    return PASS;
  },
  'a statement for CloudWatch': ({ state, topic, account, dice }) => {
    const Condition = dice.one([
      undefined,
      { StringEquals: { 'aws:SourceAccount': account } },
      { ArnLike: { 'aws:SourceArn': `arn:*:cloudwatch:*:${account}:alarm:*` } },
    ]);
    const statement = {
      Effect: 'Allow',
      Principal: {
        Service: dice.one(['cloudwatch.amazonaws.com', ['events.amazonaws.com', 'cloudwatch.amazonaws.com']]),
      },
      Action: dice.one(['sns:Publish', 'SNS:*', ['sns:Publish']]),
      Resource: dice.one([topic, '*']),
      ...(Condition && { Condition }),
    };
    set(state.topics[0]!, { Policy: { Statement: dice.one([statement, [statement]]) } });
    return PASS;
  },
  'a key that CloudWatch may use': ({ state }) => {
    set(state.topics[0]!, {
      KmsMasterKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1',
      kmsKeyPolicyAllowsCloudWatch: true,
    });
    return PASS;
  },
  'a subscription that waits, beside': (world) => {
    const { state } = world;
    state.subscriptions = [
      { ...state.subscriptions[0]!, Endpoint: 'b@example.com', SubscriptionArn: 'PendingConfirmation' },
      ...state.subscriptions,
    ];
    return PASS;
  },
  'a filter policy that lets alarms through': (world) => {
    const FilterPolicy = world.dice.one([
      { NewStateValue: ['ALARM'] },
      { AlarmName: [{ prefix: 'want' }] },
      { AWSAccountId: [world.account] },
      {},
    ]);
    set(subscription(world), { FilterPolicy, FilterPolicyScope: 'MessageBody' });
    return PASS;
  },
  'a filter policy that asks for the absence of attributes': (world) => {
    set(subscription(world), { FilterPolicy: { severity: [{ exists: false }] } });
    return PASS;
  },
  'advanced selectors for all': ({ trail, dice }) => {
    withoutMember(trail, 'EventSelectors');
    const management = { Field: 'eventCategory', Equals: ['Management'] };
    const readOnly = (value: string) => ({ FieldSelectors: [management, { Field: 'readOnly', Equals: [value] }] });
    const data = {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
      ],
    };
    set(trail, {
      AdvancedEventSelectors: dice.one([
        [{ FieldSelectors: [management] }],
        [readOnly('true'), readOnly('false')],
        [data, { FieldSelectors: [management] }],
      ]),
    });
    return PASS;
  },
  'a mute window': (world) => {
    mute(world, world.dice.one(['cron(0 2 * * 0)', 'cron(30 1 * * MON-FRI)', 'at(2030-01-01T00:00)']), 'PT2H');
    return { verdict: 'PASS', warning: 'muted-window' };
  },
  'no delivery yet': ({ trail }) => {
    set(trail, { status: { IsLogging: true } });
    return { verdict: 'PASS', warning: 'delivery-unproven' };
  },
  'an organization trail that can be read': (world) => {
    const { trail, state, readable, account } = world;
    const owner = '999988887777';
    readable.push(owner);
    const moved = JSON.parse(JSON.stringify(state).replaceAll(account, owner)) as typeof state;
    set(state, moved);
    set(state.trails[0]!.describe, { IsOrganizationTrail: true });
    return trail ? PASS : undefined;
  },
  'a dimension that all these events have': ({ filter, alarm, control }) => {
    if (control.slug !== 'root-usage') return undefined;
    set(filter.metricTransformations[0]!, { dimensions: { Who: '$.userIdentity.type' } });
    set(alarm, { Dimensions: [{ Name: 'Who', Value: 'Root' }] });
    return PASS;
  },
};

const composite = (alarm: Alarm, AlarmName: string, AlarmRule: string, AlarmActions: string[]): Alarm => ({
  account: alarm.account,
  region: alarm.region,
  type: 'composite',
  AlarmName,
  AlarmRule,
  AlarmActions,
  ActionsEnabled: true,
  OKActions: [],
  InsufficientDataActions: [],
  StateValue: 'OK',
});

function mute({ state, alarm }: World, Expression: string, Duration: string): void {
  const { account, region, AlarmName } = alarm;
  state.muteRules = [
    {
      account,
      region,
      Name: 'm',
      Rule: { Schedule: { Expression, Duration } },
      MuteTargets: { AlarmNames: [AlarmName] },
    },
  ];
}

/** One link broken. */
const breaking: Readonly<Record<string, Change>> = {
  'no trail': ({ state }) => {
    state.trails = [];
    return fail('T1');
  },
  'a regional trail': ({ trail }) => {
    set(trail.describe, { IsMultiRegionTrail: false });
    return fail('T1');
  },
  'a stopped trail': ({ trail }) => {
    set(trail.status!, { IsLogging: false });
    return fail('T2');
  },
  'half of the events': ({ trail, dice }) => {
    set(trail, {
      EventSelectors: [{ ReadWriteType: dice.one(['ReadOnly', 'WriteOnly']), IncludeManagementEvents: true }],
    });
    return fail('T3');
  },
  'data events only': ({ trail, dice }) => {
    set(
      trail,
      dice.chance(0.5)
        ? { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: false }] }
        : { EventSelectors: [] },
    );
    return fail('T3');
  },
  'a source left out that matters': ({ trail, control }) => {
    const source = {
      'root-usage': 'kms.amazonaws.com',
      'unauthorized-api-calls': 'kms.amazonaws.com',
      'kms-key-removal': 'kms.amazonaws.com',
    }[control.slug];
    if (!source) return undefined;
    set(trail.EventSelectors![0]!, { ExcludeManagementEventSources: [source] });
    return fail('T3');
  },
  'no log group': ({ trail }) => {
    withoutMember(trail.describe, 'CloudWatchLogsLogGroupArn');
    return fail('T4');
  },
  'delivery refused': ({ trail, dice }) => {
    set(
      trail.status!,
      dice.chance(0.5)
        ? { LatestCloudWatchLogsDeliveryError: 'Access denied.' }
        : { hoursSinceCloudWatchLogsDelivery: 24.5 + dice.below(500) },
    );
    return fail('T5');
  },
  'the log group is gone': ({ state }) => {
    state.logGroups = [];
    state.metricFilters = [];
    return fail('T5');
  },
  'the log group is of another name': ({ filter, state }) => {
    set(filter, { logGroupName: 'elsewhere' });
    state.logGroups = [...state.logGroups, { ...state.logGroups[0]!, logGroupName: 'elsewhere' }];
    return fail('F1');
  },
  'the filter is in another region': ({ filter }) => {
    set(filter, { region: 'sa-east-1' });
    return fail('F1');
  },
  'a class without filters': ({ state }) => {
    set(state.logGroups[0]!, { logGroupClass: 'INFREQUENT_ACCESS' });
    return fail('L1');
  },
  'no filter': ({ state }) => {
    state.metricFilters = [];
    return fail('F1');
  },
  'another exclusion': (world) =>
    narrowed(world, (text) =>
      text.replace(/\}\s*$/, ' }').replace(/^\{(.*)\}$/s, '{ ($1) && ($.sourceIPAddress != "203.0.113.7") }'),
    ),
  'another demand': (world) =>
    narrowed(world, (text) => text.replace(/^\{(.*)\}\s*$/s, '{ ($1) && ($.awsRegion = "eu-north-1") }')),
  'a name left out': (world) => {
    const tree = treeOf(canonicalPattern(world.control, world.benchmark));
    const list = isJoined(tree)
      ? tree.kind === 'or'
        ? tree
        : tree.operands.find((part) => part.kind === 'or')
      : undefined;
    if (!list || !isJoined(list) || list.operands.length < 3) return undefined;
    const out = world.dice.one(list.operands);
    const left = { ...list, operands: list.operands.filter((part) => part !== out) };
    const rest =
      tree === list
        ? left
        : { ...tree, operands: (tree as typeof list).operands.map((part) => (part === list ? left : part)) };
    return narrowed(world, () => patternOf(rest));
  },
  'a value in another case': (world) =>
    narrowed(world, (text) =>
      text
        .replace(/"Root"|"ConsoleLogin"|ConsoleLogin/g, (found) => found.toLowerCase())
        .replace(
          /(\$\.eventName\s*=\s*)"?(\w)(\w+)"?/,
          (_, head: string, first: string, rest: string) => `${head}"${first.toLowerCase()}${rest}"`,
        ),
    ),
  'a selector in another case': (world) =>
    narrowed(world, (text) =>
      text.replaceAll('$.eventName', '$.EventName').replaceAll('$.userIdentity.type', '$.userIdentity.Type'),
    ),
  'and instead of or': (world) => narrowed(world, (text) => text.replaceAll('||', '&&')),
  'a contradiction': (world) =>
    narrowed(world, (text) => text.replace(/^\{(.*)\}\s*$/s, '{ ($1) && ($.awsRegion = "a") && ($.awsRegion = "b") }')),
  'a selection of another account': ({ filter, dice }) => {
    set(filter, {
      fieldSelectionCriteria: dice.one(['@aws.account = "444455556666"', '@aws.region IN ["sa-east-1"]']),
    });
    return fail('F2');
  },
  'a match that counts nothing': ({ filter, dice }) => {
    set(filter.metricTransformations[0]!, { metricValue: dice.one(['0', '-1', '0.0']) });
    return fail('F3');
  },
  'a default value that counts': ({ filter, dice }) => {
    set(filter.metricTransformations[0]!, { defaultValue: dice.one([1, 5]) });
    return fail('F3');
  },
  'a pattern for everything': ({ filter, dice }) => {
    const everything = ['', '{ $.eventVersion = * }', '{ $.eventName != "x" }'];
    set(filter, { filterPattern: dice.one(everything) });
    // An inequality leaves one value out, which may be prescribed.
    return fail('F4', 'F2');
  },
  'or with what everything has': ({ filter }) => {
    set(filter, { filterPattern: filter.filterPattern.replace(/\}\s*$/, '|| $.sourceIPAddress = * }') });
    return filter.filterPattern.length <= 1_024 ? fail('F4') : undefined;
  },
  'no alarm': ({ state }) => {
    state.alarms = [];
    return fail('A1');
  },
  'an alarm beside the metric': ({ alarm, dice }) => {
    set(
      alarm,
      dice.one<Loose>([
        { Namespace: 'Elsewhere' },
        { MetricName: 'elsewhere' },
        { region: 'sa-east-1' },
        { Unit: 'Count' },
        { account: '444455556666' },
        { Dimensions: [{ Name: 'a', Value: 'b' }] },
      ]),
    );
    return fail('A1');
  },
  'a metric by dimension': ({ filter, dice }) => {
    if (dice.chance(0.5)) set(filter, { emitSystemFieldDimensions: ['@aws.account'] });
    else set(filter.metricTransformations[0]!, { dimensions: { Who: '$.userIdentity.arn' } });
    return fail('A1');
  },
  'one value of a dimension': ({ filter, alarm }) => {
    set(filter.metricTransformations[0]!, { dimensions: { Who: '$.userIdentity.arn' } });
    set(alarm, { Dimensions: [{ Name: 'Who', Value: 'arn:aws:iam::111122223333:user/somebody' }] });
    return fail('A1');
  },
  'a threshold too high': ({ alarm, dice }) => {
    set(
      alarm,
      dice.one<Loose>([
        { Threshold: 2 + dice.below(1_000) },
        { ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 },
        { Threshold: 1.001 },
      ]),
    );
    return fail('A2');
  },
  'several breaching periods': ({ alarm, dice }) => {
    const EvaluationPeriods = 2 + dice.below(5);
    set(alarm, dice.chance(0.5) ? { EvaluationPeriods } : { EvaluationPeriods, DatapointsToAlarm: 2 });
    return fail('A2');
  },
  'missing data breaching': ({ alarm }) => {
    set(alarm, { TreatMissingData: 'breaching' });
    return fail('A2');
  },
  'a comparison the wrong way': ({ alarm, filter, dice }) => {
    set(alarm, { ComparisonOperator: dice.one(['LessThanThreshold', 'LessThanOrEqualToThreshold']), Threshold: 0.5 });
    if (dice.chance(0.5)) set(filter.metricTransformations[0]!, { defaultValue: 0 });
    return fail('A2');
  },
  'samples of a default value': ({ alarm, filter }) => {
    set(filter.metricTransformations[0]!, { defaultValue: 0 });
    set(alarm, { Statistic: 'SampleCount' });
    return fail('A2');
  },
  'an average beside zeros': ({ alarm, filter }) => {
    set(filter.metricTransformations[0]!, { defaultValue: 0 });
    set(alarm, { Statistic: 'Average' });
    return fail('A2');
  },
  'a topic in another region': ({ alarm, state, topic, region }) => {
    const elsewhere = topic.replace(region, 'sa-east-1');
    set(alarm, { AlarmActions: [elsewhere] });
    set(state.topics[0]!, { TopicArn: elsewhere });
    set(state.subscriptions[0]!, { TopicArn: elsewhere });
    return fail('S1');
  },
  'metric math that swallows one': ({ alarm, dice }) => {
    const { MetricName, Namespace } = alarm;
    const Expression = dice.one(['m1 - 1', 'm1 / 2', 'm1 * 0', 'IF(m1 > 5, 1, 0)']);
    for (const name of ['MetricName', 'Namespace', 'Statistic', 'Period', 'Dimensions']) withoutMember(alarm, name);
    const MetricStat = { Metric: { MetricName, Namespace }, Period: 300, Stat: 'Sum' };
    set(alarm, {
      Metrics: [
        { Id: 'm1', MetricStat, ReturnData: false },
        { Id: 'e1', Expression, ReturnData: true },
      ],
    });
    return fail('A2');
  },
  'actions switched off': ({ alarm }) => {
    set(alarm, { ActionsEnabled: false });
    return fail('A3');
  },
  'no action on ALARM': ({ alarm, topic, dice }) => {
    set(alarm, {
      AlarmActions: [],
      ...(dice.chance(0.5) ? { OKActions: [topic] } : { InsufficientDataActions: [topic] }),
    });
    return fail('A3');
  },
  'a composite alarm that needs another': ({ alarm, state, topic, dice }) => {
    set(alarm, { AlarmActions: [] });
    const rule = dice.one([
      'ALARM("wanted") AND ALARM("other")',
      'OK("wanted")',
      'NOT ALARM("wanted")',
      'AT_LEAST(2, ALARM, (wanted, other))',
      'ALARM("other")',
      'TRUE',
    ]);
    state.alarms = [...state.alarms, composite(alarm, 'above', rule, [topic])];
    return fail('A3');
  },
  'a suppressor in ALARM': ({ alarm, state, topic }) => {
    set(alarm, { AlarmActions: [] });
    const above = { ...composite(alarm, 'above', 'ALARM("wanted")', [topic]), ActionsSuppressor: 'repairs' };
    state.alarms = [
      ...state.alarms,
      above,
      { ...alarm, AlarmName: 'repairs', MetricName: 'repairs', StateValue: 'ALARM', stateHours: 400 },
    ];
    return fail('A3');
  },
  'muted for ever': (world) => {
    mute(
      world,
      ...world.dice.one<[string, string]>([
        ['cron(0 0 * * *)', 'P1D'],
        ['cron(0 * * * *)', 'PT1H'],
        ['cron(0 0 * * 0)', 'P7D'],
        ['cron(0,30 * * * *)', 'PT45M'],
      ]),
    );
    return fail('A3');
  },
  'stuck in ALARM': ({ alarm, dice }) => {
    set(alarm, { StateValue: 'ALARM', stateHours: 2 + dice.below(1_000) });
    return fail('A4');
  },
  'the topic is gone': ({ state }) => {
    state.topics = [];
    state.subscriptions = [];
    return fail('S1');
  },
  'a policy that leaves alarms out': ({ state, topic, account, dice }) => {
    const allow = (members: Loose) => ({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topic,
      ...members,
    });
    const Statement = dice.one<readonly Loose[]>([
      [allow({ Principal: { AWS: `arn:aws:iam::${account}:role/app` } })],
      [allow({ Action: 'sns:Subscribe' })],
      [allow({ Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } } })],
      [allow({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } })],
      [allow({}), { ...allow({ Principal: '*' }), Effect: 'Deny' }],
      [],
    ]);
    set(state.topics[0]!, { Policy: { Statement } });
    return fail('S1');
  },
  'a key that CloudWatch may not use': ({ state, dice }) => {
    set(
      state.topics[0]!,
      dice.one<Loose>([
        { KmsMasterKeyId: 'alias/aws/sns' },
        { KmsMasterKeyId: 'arn:aws:kms:us-east-1:111122223333:alias/aws/sns' },
        { KmsMasterKeyId: '1', kmsKeyPolicyAllowsCloudWatch: false },
      ]),
    );
    return fail('S1');
  },
  'nobody confirmed': (world) => {
    set(subscription(world), { SubscriptionArn: world.dice.one(['PendingConfirmation', 'Deleted']) });
    return fail('S2');
  },
  'nobody subscribed': ({ state }) => {
    state.subscriptions = [];
    return fail('S2');
  },
  'a filter policy that drops alarms': (world) => {
    const { dice } = world;
    set(
      subscription(world),
      dice.one<Loose>([
        { FilterPolicy: { severity: ['high'] } },
        { FilterPolicy: { NewStateValue: ['OK'] }, FilterPolicyScope: 'MessageBody' },
        { FilterPolicy: { AlarmName: [{ prefix: 'prod-' }] }, FilterPolicyScope: 'MessageBody' },
      ]),
    );
    return fail('S2');
  },
};

/** Every member of the set must be one that the matcher itself tells apart by an event. */
function narrowed(
  { filter, control, benchmark, account }: World,
  change: (text: string) => string,
): Expectation | undefined {
  set(filter, { filterPattern: change(filter.filterPattern) });
  let compiled: ReturnType<typeof compilePattern>;
  try {
    compiled = compilePattern(filter.filterPattern);
  } catch {
    return undefined;
  }
  const forms = acceptedForms(control, benchmark).map((form) => compilePattern(form));
  const events = exampleEvents(control, account, benchmark).map((event) => JSON.stringify(event));
  const misses = (form: ReturnType<typeof compilePattern>) =>
    events.some((event) => form.matches(event) && !compiled.matches(event));
  return forms.every(misses) ? fail('F2') : undefined;
}

/** A fact that cannot be read. */
const hiding: Readonly<Record<string, Change>> = {
  'a denied call': ({ denied, dice }) => {
    const [call, link] = dice.one([
      ['cloudtrail:DescribeTrails', 'T1'],
      ['cloudtrail:GetTrailStatus', 'T2'],
      ['cloudtrail:GetEventSelectors', 'T3'],
      ['logs:DescribeMetricFilters', 'F1'],
      ['cloudwatch:ListAlarmMuteRules', 'A3'],
      ['sns:GetTopicAttributes', 'S1'],
      ['sns:ListSubscriptionsByTopic', 'S2'],
      ['sns:GetSubscriptionAttributes', 'S2'],
    ] as const);
    denied.push(call);
    return unknown(link);
  },
  'denied alarms': ({ denied, state }) => {
    denied.push('cloudwatch:DescribeAlarms');
    state.alarms = [];
    return unknown('A1');
  },
  'a denied call where it does not matter': ({ denied, account }) => {
    denied.push(
      `sns:ListSubscriptionsByTopic@${account}/mx-central-1`,
      'securityhub:DescribeHub',
      'logs:DescribeLogGroups',
    );
    return PASS;
  },
  'an organization trail of an account that cannot be read': ({ trail, state, account }) => {
    for (const name of ['TrailARN', 'CloudWatchLogsLogGroupArn'] as const)
      set(trail.describe, { [name]: trail.describe[name]?.replace(account, '999988887777') });
    set(trail.describe, { IsOrganizationTrail: true });
    state.logGroups = [];
    state.metricFilters = [];
    return unknown('L1');
  },
  'a key whose policy was not read': ({ state, denied, dice }) => {
    set(state.topics[0]!, { KmsMasterKeyId: '1' });
    if (dice.chance(0.5)) {
      set(state.topics[0]!, { kmsKeyPolicyAllowsCloudWatch: false });
      denied.push('kms:GetKeyPolicy');
    }
    return unknown('S1');
  },
  'a break beyond what was not read': ({ denied, alarm }) => {
    denied.push('cloudtrail:GetTrailStatus');
    set(alarm, { ActionsEnabled: false });
    return { verdict: 'FAIL', links: ['A3'] };
  },
};

/** What configuration does not decide. */
const leavingOpen: Readonly<Record<string, Change>> = {
  'another means': ({ state, account, group, control }) => {
    const example = exampleEvents(control, account)[0]!;
    const region = String(example.awsRegion);
    state.metricFilters = [];
    if (control.place % 2 === 0) {
      const { region: own } = state.logGroups[0]!;
      state.subscriptionFilters = [
        {
          account,
          region: own,
          logGroupName: group,
          filterName: 'siem',
          filterPattern: '',
          destinationArn: 'arn:aws:firehose:us-east-1:111122223333:deliverystream/siem',
        },
      ];
    } else {
      const EventPattern = { detail: { eventName: [example.eventName] } };
      state.eventBridgeRules = [
        {
          account,
          region,
          Name: 'r',
          State: 'ENABLED',
          EventPattern,
          Targets: ['arn:aws:lambda:us-east-1:111122223333:function:tell'],
        },
      ];
    }
    return { verdict: 'REVIEW', links: ['F1'] };
  },
  'a disabled rule': ({ state, account, control }) => {
    state.metricFilters = [];
    const EventPattern = { detail: { eventName: [exampleEvents(control, account)[0]!.eventName] } };
    state.eventBridgeRules = [
      {
        account,
        region: 'us-east-1',
        Name: 'r',
        State: 'DISABLED',
        EventPattern,
        Targets: ['arn:aws:lambda:us-east-1:111122223333:function:tell'],
      },
    ];
    return fail('F1');
  },
  'transformed events': ({ filter }) => {
    set(filter, { applyOnTransformedLogs: true });
    return { verdict: 'REVIEW', links: ['F2'] };
  },
  'an action that is no topic': ({ alarm }) => {
    set(alarm, { AlarmActions: ['arn:aws:lambda:us-east-1:111122223333:function:tell'] });
    return { verdict: 'REVIEW', links: ['A3'] };
  },
  'a policy that is not understood': ({ state, topic }) => {
    const statement = { Effect: 'Allow', Principal: '*', NotAction: 'sns:DeleteTopic', Resource: topic };
    set(state.topics[0]!, { Policy: { Statement: [statement] } });
    return { verdict: 'REVIEW', links: ['S1'] };
  },
};

export const CHANGES: Readonly<Record<string, Change>> = { ...keeping, ...breaking, ...hiding, ...leavingOpen };
