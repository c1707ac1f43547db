import { drillRecord } from '../../trail/drill-record.ts';
import type { ChainToDrill } from './chain-to-drill.ts';
import { awaited, type DrillContext, MARK, ownName, refusalText, seconds } from './drill-context.ts';
import { type DrillLevel, type DrillStep, step } from './drill-step.ts';
import { eventIn } from './prove-trail.ts';

/** What a drill has put in at the head of the part that it proves. */
export interface PutIn {
  /** Milliseconds at which it was put in, or really happened. */
  readonly at: number;
  readonly steps: readonly DrillStep[];
  /** Takes it away again; answers what could not be, with the command that does. */
  undo(): Promise<readonly string[]>;
}

/** What a live drill waits for. */
export interface LiveWish {
  /** Matches it. */
  readonly pattern: string;
  /** What the user is asked to do. */
  readonly ask: string;
}

type RingingLevel = Exclude<DrillLevel, 'read'>;

/** Puts in what the level asks for. A step that does not hold ends the drill there. */
export function putIn(ctx: DrillContext, chain: ChainToDrill, level: RingingLevel, live: LiveWish): Promise<PutIn> {
  switch (level) {
    case 'metric':
      return putDatum(ctx, chain);
    case 'alarm':
      return setAlarm(ctx, chain);
    case 'inject':
      return putRecord(ctx, chain);
    case 'live':
      return awaitEvent(ctx, chain, live);
  }
}

const nothing = async (): Promise<readonly string[]> => [];
const failed = (ctx: DrillContext, one: DrillStep): PutIn => ({ at: ctx.clock.now(), steps: [one], undo: nothing });

/** What one match counts, as the filter would publish it. */
async function putDatum(ctx: DrillContext, { metric, filters, group }: ChainToDrill): Promise<PutIn> {
  if (!metric || !group)
    return failed(ctx, step('metric', '', false, 'no metric without dimensions is fed by the filters'));
  const name = `${metric.namespace}/${metric.name}`;
  const [first] = filters.flatMap(({ metricTransformations }) => metricTransformations);
  const Value = Number(first?.metricValue) || 1;
  const at = ctx.clock.now();
  try {
    await ctx.call('cloudwatch:PutMetricData', group.region, {
      Namespace: metric.namespace,
      MetricData: [{ MetricName: metric.name, Value, Timestamp: new Date(at) }],
    });
  } catch (error) {
    return failed(ctx, step('metric', name, null, `PutMetricData was refused: ${refusalText(error)}`));
  }
  return { at, steps: [step('metric', name, true, `takes a datum of ${Value}`, ctx.clock.now() - at)], undo: nothing };
}

async function setAlarm(ctx: DrillContext, { alarm }: ChainToDrill): Promise<PutIn> {
  const { AlarmName = '', region = '', StateValue: before = 'OK' } = alarm ?? {};
  const at = ctx.clock.now();
  const set = (value: string, why: string) =>
    ctx.call('cloudwatch:SetAlarmState', region, {
      AlarmName,
      StateValue: value as 'OK',
      StateReason: `${why} ${MARK} ${ctx.id}`,
    });
  const undo = async (): Promise<string[]> => {
    try {
      const { MetricAlarms = [] } = await ctx.call('cloudwatch:DescribeAlarms', region, { AlarmNames: [AlarmName] });
      // On AWS its next judgement has brought it back by itself, in most cases.
      if (MetricAlarms[0]?.StateValue === 'ALARM') await set(before, 'The end of');
      return [];
    } catch (error) {
      const fix = `aws --region ${region} cloudwatch set-alarm-state --alarm-name '${AlarmName}' --state-value ${before} --state-reason drill`;
      return [`alarm ${AlarmName} may still be in ALARM (${refusalText(error)}): ${fix}`];
    }
  };
  try {
    await set('ALARM', 'This is a drill, nothing has happened:');
  } catch (error) {
    const says = `SetAlarmState was refused: ${refusalText(error)}`;
    // It may have been done, and only the answer been lost.
    return { ...failed(ctx, step('alarm', AlarmName, null, says)), ...(isRefusal(error) ? {} : { undo }) };
  }
  return { at, steps: [], undo };
}

/** Whether AWS itself said no, so that nothing was done. */
const isRefusal = (error: unknown): boolean => {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
};

async function putRecord(ctx: DrillContext, { group }: ChainToDrill): Promise<PutIn> {
  if (!group) return failed(ctx, step('trail', '', false, 'there is no log group'));
  const logStreamName = ownName(ctx);
  const where = { logGroupName: group.name, logStreamName };
  const at = ctx.clock.now();
  const message = JSON.stringify(drillRecord({ id: ctx.id, account: ctx.account, region: group.region, at }));
  const undo = async (): Promise<string[]> => {
    try {
      await ctx.call('logs:DeleteLogStream', group.region, where);
      return [];
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return [];
      const fix = `aws --region ${group.region} logs delete-log-stream --log-group-name '${group.name}' --log-stream-name ${logStreamName}`;
      return [`log stream ${logStreamName} was not removed (${refusalText(error)}): ${fix}`];
    }
  };
  try {
    await ctx.call('logs:CreateLogStream', group.region, where);
    await ctx.call('logs:PutLogEvents', group.region, { ...where, logEvents: [{ timestamp: at, message }] });
  } catch (error) {
    const says = `the marked record was refused: ${refusalText(error)}`;
    return { ...failed(ctx, step('metric filter', group.name, null, says)), undo };
  }
  ctx.note(`A marked sign-in of root was put into log group ${group.name}, stream ${logStreamName}`);
  return { at, steps: [], undo };
}

async function awaitEvent(
  ctx: DrillContext,
  { group, trail = '' }: ChainToDrill,
  { pattern, ask }: LiveWish,
): Promise<PutIn> {
  if (!group) return failed(ctx, step('trail', trail, false, 'there is no log group'));
  const began = ctx.clock.now();
  ctx.note(`${ask} The record is awaited in log group ${group.name}.`);
  try {
    const found = await awaited(ctx, async () => {
      const event = await eventIn(ctx, group, pattern, began);
      return event && timeIn(event.message) >= began - CLOCKS_DIFFER ? event : undefined;
    });
    if (!found && ctx.stop.aborted)
      return failed(ctx, step('trail', trail, null, 'the drill was ended before it came'));
    if (!found) {
      const says = `no such event came into log group ${group.name} within ${seconds(ctx.patience)}`;
      return failed(ctx, step('trail', trail, false, says));
    }
    const at = timeIn(found.message);
    const arrival = (found.ingestedAt ?? ctx.clock.now()) - at;
    return {
      at,
      steps: [step('trail', trail, true, `the event is in log group ${group.name}`, arrival)],
      undo: nothing,
    };
  } catch (error) {
    return failed(ctx, step('trail', trail, null, `log group ${group.name} cannot be read: ${refusalText(error)}`));
  }
}

/** Records tell whole seconds. */
const CLOCKS_DIFFER = 2_000;

function timeIn(message: string): number {
  try {
    return Date.parse((JSON.parse(message) as { eventTime?: string }).eventTime ?? '') || 0;
  } catch {
    return 0;
  }
}
