import { type ChainToDrill, missingLink } from './chain-to-drill.ts';
import { awaited, type DrillContext, markOf, ownName, refusalText, seconds } from './drill-context.ts';
import { type DrillStep, step } from './drill-step.ts';

/** Pages of one look: the filter may find nothing on many. */
const MOST_PAGES = 50;
/** Clocks differ. */
const SLACK = 60_000;

/**
 * Makes a harmless call that bears the drill's mark, and waits until its record lies in the log group. The
 * call is GetCallerIdentity, which needs no permission and is marked by its user agent, or with `role`
 * AssumeRole, marked by the name of the session, which is never used.
 */
export async function proveTrail(ctx: DrillContext, chain: ChainToDrill, role?: string): Promise<DrillStep> {
  const { group, trail = '' } = chain;
  if (!group) return missingLink(chain, 'trail', 'no trail leads to a log group');
  const { server } = ctx;
  if (server?.records === false) {
    return step('trail', trail, null, `${server.name} answers there, which records no calls: only AWS can prove this`);
  }
  if (group.account !== ctx.account) {
    return step('trail', trail, null, `its log group is in account ${group.account}: drill with keys of that account`);
  }
  const began = ctx.clock.now();
  const made = role === undefined ? 'GetCallerIdentity' : 'AssumeRole';
  try {
    if (role === undefined) await ctx.markedCall('sts:GetCallerIdentity', group.region, {});
    else {
      const session = { RoleArn: role, RoleSessionName: ownName(ctx), DurationSeconds: 900 };
      await ctx.markedCall('sts:AssumeRole', group.region, session);
    }
  } catch (error) {
    return step('trail', trail, null, `the marked call sts:${made} was refused: ${refusalText(error)}`);
  }
  ctx.note(`sts:${made} was called as ${markOf(ctx)}; its record is awaited in ${group.name}`);
  try {
    const found = await awaited(ctx, () =>
      eventIn(ctx, group, `"${role === undefined ? markOf(ctx) : ownName(ctx)}"`, began),
    );
    if (found) {
      const says = `the record of the marked call sts:${made} is in log group ${group.name}`;
      return step('trail', trail, true, says, ctx.clock.now() - began);
    }
    if (ctx.stop.aborted) return step('trail', trail, null, 'the drill was ended before the record came');
    const says = `the record of the marked call sts:${made} did not come into log group ${group.name} within ${seconds(ctx.patience)}; CloudTrail may take 15 minutes (--wait 900)`;
    return step('trail', trail, ctx.patience >= USUAL_DELIVERY ? false : null, says);
  } catch (error) {
    return step('trail', trail, null, `log group ${group.name} cannot be read: ${refusalText(error)}`);
  }
}

/** CloudTrail delivers within about five minutes on average, and nearly always within fifteen. */
const USUAL_DELIVERY = 15 * 60_000;

/** The first event of a log group that a pattern matches, from a time on; undefined while there is none. */
export async function eventIn(
  { call }: Pick<DrillContext, 'call'>,
  group: { readonly name: string; readonly region: string },
  filterPattern: string,
  since: number,
): Promise<{ readonly message: string; readonly ingestedAt: number | undefined } | undefined> {
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call('logs:FilterLogEvents', group.region, {
      logGroupName: group.name,
      filterPattern,
      startTime: since - SLACK,
      ...(nextToken !== undefined && { nextToken }),
    });
    const [first] = answer.events ?? [];
    if (first) return { message: first.message ?? '', ingestedAt: first.ingestionTime };
    nextToken = answer.nextToken;
    if (nextToken === undefined) return undefined;
  }
  return undefined;
}
