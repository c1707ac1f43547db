import type { ForwardState } from '../forward/forward-states.ts';
import type { Complaint } from './watchdog/complaint.ts';

/** What somebody must know of forwards: what cannot go out, what was refused, what is lost. */
export function forwardProblems(forwards: readonly ForwardState[]): Complaint[] {
  return forwards.flatMap(({ name, to, failing, waiting, setAside, lostUnseen }) => {
    const problems: Complaint[] = [];
    const key = `forward/${name}`;
    if (failing) {
      const since = new Date(failing.since).toISOString();
      const says = `forward ${name} cannot send to ${to} since ${since}: ${failing.error} (${failing.reason}); ${waiting} records wait`;
      problems.push({
        key: `${key}/failing`,
        says,
        fix: 'nothing is lost while they wait; mend the receiver or the settings',
      });
    }
    if (setAside > 0) {
      const says = `${setAside} records that ${to} refused are set aside by forward ${name}`;
      problems.push({ key: `${key}/refused`, says, fix: `trailbell forward refused ${name}` });
    }
    if (lostUnseen > 0) {
      const says = `${lostUnseen} records were removed by retention before forward ${name} could send them`;
      problems.push({ key: `${key}/lost`, says, fix: `trailbell forward dismiss ${name}, and a longer keepDays` });
    }
    return problems;
  });
}
