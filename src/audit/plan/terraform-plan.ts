import { arnOf } from '../../base/scope.ts';
import { documentOf } from '../collect/document-of.ts';
import { readScenario, type Scenario, type ScenarioInput, StateError } from '../state.ts';

type Values = Readonly<Record<string, unknown>>;

interface Planned {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const MOST_RESOURCES = 100_000;

/**
 * The state that a Terraform plan (`terraform show -json plan.out`) would make, to be judged before it
 * exists. What is known only after the plan is applied is taken for what AWS makes of it: a topic under its
 * name, a subscription as confirmed (of a mail, somebody must still confirm it). What stays unknown, such as
 * the name of a resource elsewhere, makes the link unknown, not broken.
 * @throws StateError for what is no plan, or names no trail
 */
export function scenarioOfPlan(plan: unknown, fallback: Place): Scenario {
  const resources = resourcesIn(plan);
  const references = referencesIn(plan);
  const place = placeIn(resources, fallback);
  const of = (type: string): readonly Planned[] => resources.filter((resource) => resource.type === type);
  const arns = new Map<string, string>();
  for (const topic of of('aws_sns_topic'))
    arns.set(topic.address, arnOf('sns', place, text(topic.values.name, topic.address)));
  for (const group of of('aws_cloudwatch_log_group')) {
    arns.set(group.address, arnOf('logs', place, `log-group:${text(group.values.name, group.address)}`));
  }
  const resolve: Resolve = (resource, member) => resolved(resource, member, references, arns);
  const input: ScenarioInput = {
    auditedAccount: place.account,
    cliRegion: place.region,
    state: {
      trails: of('aws_cloudtrail').map((trail) => trailOf(trail, place, resolve)),
      logGroups: of('aws_cloudwatch_log_group').map(({ values, address }) => ({
        ...place,
        logGroupName: text(values.name, address),
        ...(typeof values.log_group_class === 'string' && { logGroupClass: values.log_group_class }),
      })),
      metricFilters: of('aws_cloudwatch_log_metric_filter').map((filter) => filterOf(filter, place, resolve)),
      alarms: [
        ...of('aws_cloudwatch_metric_alarm').map((alarm) => alarmOf(alarm, place, resolve)),
        ...of('aws_cloudwatch_composite_alarm').map((alarm) => compositeOf(alarm, place, resolve)),
      ],
      topics: of('aws_sns_topic').map((topic) => topicOf(topic, place, of('aws_sns_topic_policy'), resolve, arns)),
      subscriptions: of('aws_sns_topic_subscription').map((one) => subscriptionOf(one, resolve)),
    },
  };
  return readScenario(JSON.parse(JSON.stringify(input)));
}

type Resolve = (resource: Planned, member: string) => readonly string[];

const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const blockOf = (value: unknown): Values => (isObject(listOf(value)[0]) ? (listOf(value)[0] as Values) : {});

/** All managed resources of the plan's outcome, those of modules included. */
function resourcesIn(plan: unknown): Planned[] {
  const root = isObject(plan) && isObject(plan.planned_values) ? plan.planned_values.root_module : undefined;
  if (!isObject(root)) {
    throw new StateError('expected the JSON of a plan: terraform show -json plan.out > plan.json');
  }
  const found: Planned[] = [];
  const waiting: unknown[] = [root];
  while (waiting.length > 0 && found.length < MOST_RESOURCES) {
    const part = waiting.pop();
    if (!isObject(part)) continue;
    for (const resource of listOf(part.resources)) {
      if (!isObject(resource) || resource.mode === 'data') continue;
      const { address, type, values } = resource;
      if (typeof address === 'string' && typeof type === 'string') {
        found.push({ address, type, values: isObject(values) ? values : {} });
      }
    }
    waiting.push(...listOf(part.child_modules));
  }
  return found;
}

/** Which addresses each member of a resource of the root configuration refers to. */
function referencesIn(plan: unknown): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const configuration = isObject(plan) && isObject(plan.configuration) ? plan.configuration.root_module : undefined;
  const visit = (part: unknown, prefix: string): void => {
    if (!isObject(part)) return;
    for (const resource of listOf(part.resources)) {
      if (!isObject(resource) || typeof resource.address !== 'string' || !isObject(resource.expressions)) continue;
      for (const [member, expression] of Object.entries(resource.expressions)) {
        const named = isObject(expression) ? listOf(expression.references) : [];
        const addresses = named.filter((one): one is string => typeof one === 'string').map((one) => prefix + one);
        if (addresses.length > 0) found.set(`${prefix}${resource.address} ${member}`, addresses);
      }
    }
    if (!isObject(part.module_calls)) return;
    for (const [name, call] of Object.entries(part.module_calls)) {
      if (isObject(call)) visit(call.module, `${prefix}module.${name}.`);
    }
  };
  visit(configuration, '');
  return found;
}

/** A member's texts: as planned, else the ARNs of the planned resources that it refers to. */
function resolved(
  resource: Planned,
  member: string,
  references: ReadonlyMap<string, readonly string[]>,
  arns: ReadonlyMap<string, string>,
): readonly string[] {
  const planned = resource.values[member];
  if (typeof planned === 'string') return [planned];
  const known = listOf(planned).filter((one): one is string => typeof one === 'string');
  if (known.length > 0) return known;
  // An address in the configuration has no index: `aws_sns_topic.t[0]` is planned, `aws_sns_topic.t` configured.
  const bare = resource.address.replace(/\[[^\]]*\]/g, '');
  const named = references.get(`${bare} ${member}`) ?? [];
  const targets = [...arns].filter(([address]) => {
    const target = address.replace(/\[[^\]]*\]/g, '');
    return named.some((one) => one === target || one.startsWith(`${target}.`) || one.startsWith(`${target}[`));
  });
  return [...new Set(targets.map(([, arn]) => arn))];
}

/** Account and region of the plan, from any ARN that is known already. */
function placeIn(resources: readonly Planned[], fallback: Place): Place {
  for (const { values } of resources) {
    const known = Object.values(values).find(
      (value) => typeof value === 'string' && /^arn:[^:]+:[^:]+:[a-z0-9-]+:\d{12}:/.test(value),
    );
    if (typeof known === 'string') {
      const [, , , region = '', account = ''] = known.split(':');
      return { account, region };
    }
  }
  return fallback;
}

function trailOf(
  trail: Planned,
  place: Place,
  resolve: Resolve,
): NonNullable<ScenarioInput['state']['trails']>[number] {
  const { values } = trail;
  const [group] = resolve(trail, 'cloud_watch_logs_group_arn');
  const isLogging = values.enable_logging !== false;
  const selectors = listOf(values.event_selector).filter(isObject);
  const advanced = listOf(values.advanced_event_selector).filter(isObject);
  return {
    describe: {
      Name: text(values.name, trail.address),
      TrailARN: arnOf('cloudtrail', place, `trail/${text(values.name, trail.address)}`),
      HomeRegion: place.region,
      IsMultiRegionTrail: values.is_multi_region_trail === true,
      IsOrganizationTrail: values.is_organization_trail === true,
      ...(group !== undefined && { CloudWatchLogsLogGroupArn: group.endsWith(':*') ? group : `${group}:*` }),
    },
    // Nothing has been delivered yet, and nothing has failed.
    status: { IsLogging: isLogging },
    ...(advanced.length > 0
      ? { AdvancedEventSelectors: advanced.map(advancedSelector) }
      : {
          EventSelectors:
            selectors.length > 0
              ? selectors.map(basicSelector)
              : [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
        }),
  };
}

const basicSelector = (selector: Values) => ({
  ReadWriteType: text(selector.read_write_type, 'All'),
  IncludeManagementEvents: selector.include_management_events !== false,
  ExcludeManagementEventSources: listOf(selector.exclude_management_event_sources) as string[],
});

const OPERATORS = {
  equals: 'Equals',
  not_equals: 'NotEquals',
  starts_with: 'StartsWith',
  not_starts_with: 'NotStartsWith',
  ends_with: 'EndsWith',
  not_ends_with: 'NotEndsWith',
} as const;

const advancedSelector = (selector: Values) => ({
  FieldSelectors: listOf(selector.field_selector)
    .filter(isObject)
    .map((field) => ({
      Field: text(field.field, ''),
      ...Object.fromEntries(
        Object.entries(OPERATORS).flatMap(([ours, theirs]) =>
          listOf(field[ours]).length > 0 ? [[theirs, listOf(field[ours]) as string[]]] : [],
        ),
      ),
    })),
});

function filterOf(filter: Planned, place: Place, resolve: Resolve) {
  const { values, address } = filter;
  const change = blockOf(values.metric_transformation);
  const [group = ''] = resolve(filter, 'log_group_name');
  const value = change.default_value;
  return {
    ...place,
    filterName: text(values.name, address),
    logGroupName: group.startsWith('arn:') ? group.split(':').slice(6).join(':').replace(/:\*$/, '') : group,
    filterPattern: text(values.pattern, ''),
    metricTransformations: [
      {
        metricName: text(change.name, ''),
        metricNamespace: text(change.namespace, ''),
        metricValue: text(change.value, ''),
        ...(value !== null && value !== undefined && value !== '' && { defaultValue: Number(value) }),
        ...(isObject(change.dimensions) && { dimensions: change.dimensions as Record<string, string> }),
        ...(typeof change.unit === 'string' && change.unit !== 'None' && { unit: change.unit }),
      },
    ],
  };
}

function alarmOf(alarm: Planned, place: Place, resolve: Resolve) {
  const { values, address } = alarm;
  const number = (value: unknown): { readonly known: number } | undefined =>
    typeof value === 'number' || (typeof value === 'string' && value !== '') ? { known: Number(value) } : undefined;
  const optional = (name: string, value: unknown): object => {
    const read = number(value);
    return read ? { [name]: read.known } : {};
  };
  return {
    ...place,
    type: 'metric' as const,
    AlarmName: text(values.alarm_name, address),
    ...(typeof values.metric_name === 'string' && { MetricName: values.metric_name }),
    ...(typeof values.namespace === 'string' && { Namespace: values.namespace }),
    ...(typeof values.statistic === 'string' && { Statistic: values.statistic }),
    ...(typeof values.extended_statistic === 'string' && { ExtendedStatistic: values.extended_statistic }),
    ...(typeof values.unit === 'string' && { Unit: values.unit }),
    ...optional('Period', values.period),
    ...optional('EvaluationPeriods', values.evaluation_periods),
    ...(number(values.datapoints_to_alarm)?.known ? optional('DatapointsToAlarm', values.datapoints_to_alarm) : {}),
    ...optional('Threshold', values.threshold),
    ...(typeof values.comparison_operator === 'string' && { ComparisonOperator: values.comparison_operator }),
    TreatMissingData: text(values.treat_missing_data, 'missing'),
    Dimensions: Object.entries(isObject(values.dimensions) ? values.dimensions : {}).map(([Name, Value]) => ({
      Name,
      Value: String(Value),
    })),
    ...actionsOf(alarm, resolve),
  };
}

const compositeOf = (alarm: Planned, place: Place, resolve: Resolve) => ({
  ...place,
  type: 'composite' as const,
  AlarmName: text(alarm.values.alarm_name, alarm.address),
  AlarmRule: text(alarm.values.alarm_rule, ''),
  ...actionsOf(alarm, resolve),
});

const actionsOf = (alarm: Planned, resolve: Resolve) => ({
  ActionsEnabled: alarm.values.actions_enabled !== false,
  AlarmActions: [...resolve(alarm, 'alarm_actions')],
  OKActions: [...resolve(alarm, 'ok_actions')],
  InsufficientDataActions: [],
  StateValue: 'OK',
});

function topicOf(
  topic: Planned,
  { account }: Place,
  policies: readonly Planned[],
  resolve: Resolve,
  arns: ReadonlyMap<string, string>,
) {
  const TopicArn = arns.get(topic.address)!;
  const apart = policies.find((policy) => resolve(policy, 'arn').includes(TopicArn));
  const written = apart?.values.policy ?? topic.values.policy;
  const key = topic.values.kms_master_key_id;
  // Without a policy SNS gives the owner's own; one that is known after apply only is not known here.
  const policy =
    typeof written === 'string' ? documentOf(written) : apart ? undefined : ownersPolicy(account, TopicArn);
  return {
    account,
    TopicArn,
    ...(policy && { Policy: policy }),
    ...(typeof key === 'string' && key !== '' && { KmsMasterKeyId: key }),
  };
}

const ownersPolicy = (account: string, topic: string) => ({
  Version: '2008-10-17',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['SNS:GetTopicAttributes', 'SNS:Subscribe', 'SNS:ListSubscriptionsByTopic', 'SNS:Publish'],
      Resource: topic,
      Condition: { StringEquals: { 'AWS:SourceOwner': account } },
    },
  ],
});

function subscriptionOf(subscription: Planned, resolve: Resolve) {
  const { values, address } = subscription;
  const [TopicArn = ''] = resolve(subscription, 'topic_arn');
  const Protocol = text(values.protocol, '');
  const policy = typeof values.filter_policy === 'string' ? documentOf(values.filter_policy) : undefined;
  return {
    TopicArn,
    Protocol,
    Endpoint: text(values.endpoint, address),
    SubscriptionArn: `${TopicArn}:planned`,
    ...(policy && { FilterPolicy: policy, FilterPolicyScope: text(values.filter_policy_scope, 'MessageAttributes') }),
  };
}
