/** Places where a crash test may end the process: each lies between two steps that a promise ties together. */
export type FaultPoint =
  | 'before-commit'
  | 'between-commit-and-reply'
  | 'between-delivery-and-record'
  | 'between-read-and-ingest'
  | 'between-ingest-and-mark'
  | 'between-forward-and-cursor';

/** Called at every fault point; does nothing outside crash tests. */
export type ReachFault = (point: FaultPoint) => void;

export const noFaults: ReachFault = () => undefined;

/**
 * Ends the process without any clean-up at the n-th pass of a point. `plan` is `point:n`.
 * This is `kill -9` at a chosen line, for crash tests only.
 */
export function killAt(plan: string): ReachFault {
  const [wanted, count] = plan.split(':');
  let left = Number(count ?? 1);
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
