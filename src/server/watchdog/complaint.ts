import type { ChainProblem } from '../../chain/health/chain-problem.ts';
import { forwardProblems } from '../forward-problems.ts';
import { lagWarnings } from '../intakes/lag-warnings.ts';
import type { EngineStatus } from '../status.ts';

/** Something that keeps the engine from ringing, or from ringing surely. */
export interface Complaint {
  /** The same for the same trouble: it is told of once. */
  readonly key: string;
  readonly says: string;
  readonly fix: string;
}

/** What the watchdog tells of although somebody is told of rings. */
const TOLD: ReadonlySet<ChainProblem['code']> = new Set(['dead-letters', 'muted', 'topic-refuses', 'cannot-escalate']);

/** Everything in a status that somebody must act on, chain by chain. */
export function complaintsOf(status: EngineStatus): Complaint[] {
  const complaints: Complaint[] = [];
  const told = new Set<string>();
  for (const { account, region, name, verdict, brokenLinks, reason, fix, alarms } of status.controls) {
    if (verdict !== 'FAIL') continue;
    const says = `${name} in ${region} of ${account} cannot ring: ${brokenLinks[0]}: ${reason.replace(/\.$/, '')}`;
    complaints.push({ key: `${account}/${region}/${name}/${brokenLinks.join()}`, says, fix });
    for (const alarm of alarms) told.add(`${account}/${alarm}`);
  }
  for (const { account, region, alarm, problems } of status.chains) {
    for (const { code, message, fix, silent } of problems) {
      // What the audit says of its control says this as well, and names the link.
      if (silent && told.has(`${account}/${alarm}`)) continue;
      // What is silenced says so itself, and a tag that means nothing silences nobody.
      if (!silent && !TOLD.has(code)) continue;
      const says = `${alarm} in ${region} of ${account} ${silent ? 'cannot ring' : 'may not be heard'}: ${message}`;
      complaints.push({ key: `${account}/${region}/${alarm}/${code}`, says, fix });
    }
  }
  for (const { source, error } of status.intake.failing) {
    complaints.push({
      key: `intake/${source}`,
      says: `${source} cannot be read: ${error}`,
      fix: 'let the engine read it',
    });
  }
  const { damaged } = status.intake;
  if (damaged > 0) {
    const says = `${damaged} damaged files were set aside`;
    complaints.push({ key: 'intake/damaged', says, fix: `${status.endpoint}/console lists them` });
  }
  complaints.push(...lagWarnings(status.intake.sources));
  if (status.drillOverdueSince !== null) {
    const says = `a drill is overdue since ${new Date(status.drillOverdueSince).toISOString()}`;
    complaints.push({ key: 'drill/overdue', says, fix: 'trailbell drill' });
  }
  const { drill } = status;
  if (drill?.failed) {
    complaints.push({ key: 'drill', says: `the last drill did not ring: ${drill.failed}`, fix: 'trailbell drill' });
  }
  complaints.push(...forwardProblems(status.forwards));
  return complaints;
}
