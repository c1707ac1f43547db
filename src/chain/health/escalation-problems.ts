import { durationText } from '../../base/duration.ts';
import { arnOf, type Scope } from '../../base/scope.ts';
import type { Escalation } from '../alarms/own-tags.ts';
import { type RingSource, ringRefusal } from '../topics/access/permitted-topic.ts';
import type { ChainProblem } from './chain-problem.ts';
import type { TopicsSeen } from './topics-seen.ts';

/**
 * What keeps the escalations of an alarm from reaching anybody, should nobody acknowledge its ring.
 * @param aws the beginning of commands that mend it
 */
export function escalationProblems(
  scope: Scope,
  source: RingSource,
  escalations: readonly Escalation[],
  { topics, subscriptions }: TopicsSeen,
  aws: string,
): ChainProblem[] {
  return escalations.flatMap(({ after, topic: name }) => {
    const arn = arnOf('sns', scope, name);
    const topic = topics.get(arn);
    const problem = (what: string, fix: string): ChainProblem[] => {
      const message = `its escalation after ${durationText(after)} to topic ${name} reaches nobody: ${what}`;
      return [{ code: 'cannot-escalate', message, fix, silent: false }];
    };
    if (!topic) return problem('there is no topic of that name', `${aws} sns create-topic --name ${name}`);
    const refusal = ringRefusal(topic, source);
    if (refusal !== undefined) return problem(refusal, 'let the policy of the topic take it');
    if (subscriptions.get(arn)?.some(({ status }) => status === 'confirmed')) return [];
    const subscribe = `${aws} sns subscribe --topic-arn ${arn} --protocol email --notification-endpoint YOU@EXAMPLE.COM`;
    return problem('nobody has confirmed a subscription to it', subscribe);
  });
}
