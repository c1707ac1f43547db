import { type AlarmHistory, readAlarmHistory } from '../hindsight/alarm-history.ts';
import type { Alarm } from '../state.ts';
import { type ChainToDrill, missingLink } from './chain-to-drill.ts';
import { awaited, type DrillContext, refusalText, seconds } from './drill-context.ts';
import { type DrillLevel, type DrillStep, step } from './drill-step.ts';
import { type LiveWish, type PutIn, putIn } from './put-in.ts';
import { subscribeForNow, type TemporarySubscriber } from './temporary-subscriber.ts';

export interface RingWish {
  readonly level: Exclude<DrillLevel, 'read'>;
  readonly live: LiveWish;
  /** Whether the account was confirmed, so that a queue of the drill's own may listen. */
  readonly mayWrite: boolean;
  /** Awaits whoever else was asked to confirm. */
  readonly receipt?: (() => Promise<DrillStep>) | undefined;
}

export interface RingProof {
  readonly steps: readonly DrillStep[];
  readonly left: readonly string[];
}

/**
 * Puts something in and follows it: the alarm's change and what it told by its history, the message by a queue.
 * Where the chain cannot ring, an event is put in all the same for whoever else is to confirm that he got it.
 */
export async function proveRing(ctx: DrillContext, chain: ChainToDrill, wish: RingWish): Promise<RingProof> {
  const { alarm } = chain;
  const { level, receipt } = wish;
  const hindrance = await whyNot(ctx, chain);
  const steps: DrillStep[] = hindrance ? [hindrance] : [];
  const isForOthers = receipt !== undefined && (level === 'inject' || level === 'live');
  if ((hindrance || !alarm) && !isForOthers) return { steps, left: [] };
  const left: string[] = [];
  const followed = hindrance ? undefined : alarm;
  let subscriber: TemporarySubscriber | string | undefined;
  let put: PutIn | undefined;
  try {
    if (followed) subscriber = await listener(ctx, chain, wish.mayWrite);
    put = await putIn(ctx, chain, level, wish.live);
    steps.push(...put.steps);
    if (put.steps.every(({ holds }) => holds === true)) {
      if (followed) steps.push(...(await followRing(ctx, chain, followed, put.at, level)));
      // Of what was not told nothing can be heard.
      const isTold = steps.some(({ link, holds }) => link === 'topic' && holds === true);
      if (followed && isTold) steps.push(await heard(ctx, chain.composite ?? followed, subscriber, put.at));
      if (receipt) steps.push(await receipt().catch(unreadReceipt));
    }
  } finally {
    const opened = typeof subscriber === 'object' ? await subscriber.close() : [];
    left.push(...((await put?.undo()) ?? []), ...opened);
  }
  return { steps, left };
}

/** What the drill found, and had to leave behind, is told all the same. */
const unreadReceipt = (error: unknown): DrillStep =>
  step('receipt', '', null, `it cannot be looked at: ${refusalText(error)}`);

/** A queue of the drill's own on the first topic, or why there is none. */
async function listener(
  ctx: DrillContext,
  { topics: [topic] }: ChainToDrill,
  mayWrite: boolean,
): Promise<TemporarySubscriber | string> {
  if (topic === undefined) return 'there is no topic to listen to';
  if (!mayWrite) return 'the account was not confirmed (--confirm-account), so no queue of the drill may listen';
  try {
    return await subscribeForNow(ctx, topic);
  } catch (error) {
    return `no queue of the drill could listen: ${refusalText(error)}`;
  }
}

/** What keeps a drill from ringing before it has begun. */
async function whyNot(ctx: DrillContext, chain: ChainToDrill): Promise<DrillStep | undefined> {
  const { alarm } = chain;
  if (!alarm) return missingLink(chain, 'alarm', 'no alarm watches the metric');
  const { AlarmName, account, region } = alarm;
  const { server } = ctx;
  if (server?.evaluates === false) {
    const says = `${server.name} answers there: it keeps alarms and never evaluates them, so that nothing rings`;
    return step('alarm', AlarmName, null, says);
  }
  if (account !== ctx.account) {
    return step('alarm', AlarmName, null, `it is in account ${account}: drill with keys of that account`);
  }
  try {
    const { MetricAlarms = [] } = await ctx.call('cloudwatch:DescribeAlarms', region, { AlarmNames: [AlarmName] });
    const [found] = MetricAlarms;
    if (!found) return step('alarm', AlarmName, false, 'it is gone');
    if (found.StateValue !== 'ALARM') return undefined;
  } catch (error) {
    return step('alarm', AlarmName, null, `it cannot be read: ${refusalText(error)}`);
  }
  const says = 'it is in ALARM now and would not ring again; see what it rings for, and drill once it is at rest';
  return step('alarm', AlarmName, null, says);
}

async function followRing(
  ctx: DrillContext,
  chain: ChainToDrill,
  alarm: Alarm,
  since: number,
  level: RingWish['level'],
): Promise<DrillStep[]> {
  try {
    return await followedBy(ctx, chain, alarm, since, level);
  } catch (error) {
    return [step('alarm', alarm.AlarmName, null, `what it does cannot be read: ${refusalText(error)}`)];
  }
}

async function followedBy(
  ctx: DrillContext,
  { topics, metric, composite }: ChainToDrill,
  alarm: Alarm,
  since: number,
  level: RingWish['level'],
): Promise<DrillStep[]> {
  const steps: DrillStep[] = [];
  const teller = composite ?? alarm;
  for (const one of new Set([alarm, teller])) {
    const rung = await awaited(ctx, async () => {
      const { transitions } = await historySince(ctx, one, since);
      return transitions.find(({ to }) => to === 'ALARM');
    });
    if (!rung && one === alarm) return [await whySilent(ctx, alarm, metric, since, level)];
    const { AlarmName } = one;
    if (!rung) return [...steps, step('alarm', AlarmName, false, `it did not follow within ${seconds(ctx.patience)}`)];
    steps.push(step('alarm', AlarmName, true, 'it changed to ALARM', Math.max(0, rung.at - since)));
  }
  if (topics.length === 0) return [...steps, step('topic', '', false, 'the alarm tells no topic')];
  for (const topic of topics) {
    const telling = await awaited(ctx, async () => {
      const { tellings } = await historySince(ctx, teller, since);
      return tellings.find((one) => one.topic === topic);
    });
    if (!telling)
      steps.push(step('topic', topic, false, `the history tells of no action within ${seconds(ctx.patience)}`));
    else if (telling.outcome === 'Succeeded')
      steps.push(step('topic', topic, true, 'it took the message', Math.max(0, telling.at - since)));
    else steps.push(step('topic', topic, false, telling.outcome === 'Muted' ? 'the alarm is muted' : telling.error));
  }
  return steps;
}

/** Milliseconds that clocks may differ by: the alarm was at rest just before. */
const SLACK = 5_000;

async function historySince(
  ctx: DrillContext,
  { AlarmName, account, region }: Alarm,
  since: number,
): Promise<AlarmHistory> {
  const { AlarmHistoryItems = [] } = await ctx.call('cloudwatch:DescribeAlarmHistory', region, {
    AlarmName,
    StartDate: new Date(since - SLACK),
    EndDate: new Date(ctx.clock.now() + SLACK),
    ScanBy: 'TimestampDescending',
    MaxRecords: 100,
  });
  return readAlarmHistory(
    AlarmHistoryItems.map((item) => ({
      AlarmName,
      account,
      region,
      Timestamp: item.Timestamp?.getTime() ?? 0,
      HistoryItemType: item.HistoryItemType ?? '',
      HistorySummary: item.HistorySummary ?? '',
      HistoryData: item.HistoryData ?? '{}',
    })),
  );
}

/** Tells a metric that counted nothing from an alarm that did not react, and both from a server that never does. */
async function whySilent(
  ctx: DrillContext,
  { AlarmName, region }: Alarm,
  metric: ChainToDrill['metric'],
  since: number,
  level: RingWish['level'],
): Promise<DrillStep> {
  const waited = seconds(ctx.patience);
  if (ctx.stop.aborted) return step('alarm', AlarmName, null, 'the drill was ended before it changed');
  if (level === 'alarm') {
    const { MetricAlarms = [] } = await ctx.call('cloudwatch:DescribeAlarms', region, { AlarmNames: [AlarmName] });
    if (MetricAlarms[0]?.StateValue === 'ALARM') {
      const says = `it keeps the state that was set, and its history tells of nothing within ${waited}: this endpoint does not evaluate alarms`;
      return step('alarm', AlarmName, null, says);
    }
    return step('alarm', AlarmName, false, `its history tells of no change to ALARM within ${waited}`);
  }
  const counted = metric && (await sumSince(ctx, region, metric, since));
  if (counted === undefined) return step('alarm', AlarmName, false, `it did not change to ALARM within ${waited}`);
  if (counted > 0) {
    const says = `the metric counts ${counted}, and the alarm did not change to ALARM within ${waited}`;
    return step('alarm', AlarmName, false, says);
  }
  const name = `${metric?.namespace}/${metric?.name}`;
  return step('metric', name, false, `it counted nothing within ${waited}`);
}

async function sumSince(
  ctx: DrillContext,
  region: string,
  { namespace, name }: { namespace: string; name: string },
  since: number,
): Promise<number | undefined> {
  try {
    const { Datapoints = [] } = await ctx.call('cloudwatch:GetMetricStatistics', region, {
      Namespace: namespace,
      MetricName: name,
      StartTime: new Date(since - 60_000),
      EndTime: new Date(ctx.clock.now() + 60_000),
      Period: 60,
      Statistics: ['Sum'],
    });
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  } catch {
    // The drill has its answer without it, only less precise.
    return undefined;
  }
}

async function heard(
  ctx: DrillContext,
  { AlarmName }: Alarm,
  subscriber: TemporarySubscriber | string | undefined,
  since: number,
): Promise<DrillStep> {
  if (typeof subscriber !== 'object') return step('subscription', '', null, subscriber ?? 'nobody listened');
  const { queueArn } = subscriber;
  try {
    const came = await awaited(ctx, () => subscriber.heard(AlarmName));
    return came
      ? step('subscription', queueArn, true, 'a queue of the drill got the message', ctx.clock.now() - since)
      : step('subscription', queueArn, false, `nothing came to a queue of the drill within ${seconds(ctx.patience)}`);
  } catch (error) {
    return step('subscription', queueArn, null, `the queue of the drill cannot be read: ${refusalText(error)}`);
  }
}
