import { acceptedForms } from '../controls/control.ts';
import { folded } from '../judge/folded-text.ts';
import { logGroupNamed } from '../judge/log-group-name.ts';
import type { Target } from '../judge/target.ts';
import { homeOf } from '../judge/trail-links.ts';
import { type Scanner, topicAccount } from './scanner.ts';

/** The checks CloudWatch.1 to CloudWatch.14, which compare the text of the filter and follow the chain, but judge no alarm. */
export const securityHub: Scanner = {
  tool: 'AWS Security Hub',
  as: 'its user guide, CloudWatch controls, 2026; not its code',
  opinion(view, target) {
    const { securityHub: id } = target.control;
    if (id === null) return { says: 'no check', why: 'Security Hub has no control for it.' };
    const trails = view.trails.filter(({ describe }) => describe.IsMultiRegionTrail === true);
    if (trails.length > 0 && trails.every((trail) => homeOf(trail).account !== view.account))
      return {
        says: 'NO_DATA',
        why: `${id}: the trail belongs to another account of the organization; only there it is judged.`,
      };
    const recording = trails.filter(({ status, EventSelectors, AdvancedEventSelectors }) => {
      const isAll =
        AdvancedEventSelectors !== undefined ||
        (EventSelectors ?? []).some(
          ({ IncludeManagementEvents, ReadWriteType, ExcludeManagementEventSources = [] }) =>
            IncludeManagementEvents !== false &&
            ReadWriteType === 'All' &&
            (target.control.slug !== 'kms-key-removal' || !ExcludeManagementEventSources.includes('kms.amazonaws.com')),
        );
      return status?.IsLogging === true && isAll;
    });
    if (recording.length === 0)
      return { says: 'FAIL', why: `${id}: no active multi-region trail with all management events.` };
    const groups = recording.flatMap(({ describe }) => logGroupNamed(describe.CloudWatchLogsLogGroupArn) ?? []);
    const wanted = wantedTexts(target);
    const filters = groups
      .flatMap((group) => view.filtersOn(group, group.name))
      .filter(({ filterPattern }) => wanted.has(folded(filterPattern)));
    if (filters.length === 0)
      return {
        says: 'FAIL',
        why: `${id}: no filter of the trail's group has the prescribed text; it compares texts, and nothing may be added.`,
      };
    const alarms = filters.flatMap(({ metricTransformations: [first], account, region }) =>
      view
        .alarmsOn(first?.metricName ?? '')
        .filter(
          (alarm) => alarm.account === account && alarm.region === region && alarm.Namespace === first?.metricNamespace,
        ),
    );
    const topics = alarms
      .flatMap(({ AlarmActions }) => AlarmActions)
      .filter((action) => /^arn:[^:]+:sns:/.test(action));
    if (topics.length === 0) return { says: 'FAIL', why: `${id}: no alarm on the metric has an action on a topic.` };
    if (topics.every((topic) => !view.canRead(topicAccount(topic))))
      return { says: 'WARNING', why: `${id}: it may not list the subscriptions of the topic.` };
    const isConfirmed = topics.some((topic) =>
      view.subscriptions(topic).some(({ SubscriptionArn }) => SubscriptionArn.startsWith('arn:')),
    );
    return isConfirmed
      ? {
          says: 'PASS',
          why: `${id}: filter text, alarm, topic and a confirmed subscription are there. Thresholds, disabled actions, policies and keys are not judged.`,
        }
      : { says: 'FAIL', why: `${id}: the topic has no confirmed subscription.` };
  },
};

/** The text of its own guide: that of benchmark 1.2.0, narrowed to one source for some controls. */
const wantedTexts = ({ control }: Target): ReadonlySet<string> =>
  new Set(
    [...acceptedForms(control, '1.2.0')]
      .filter((text) => !text.includes('delivery.logs') && !text.includes('"IAMUser"'))
      .map(folded),
  );
