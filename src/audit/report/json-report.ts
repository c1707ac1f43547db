import type { Report } from './report.ts';

/** The contract of `audit --json`: `findings` first, then who looked and what was not readable. */
export function jsonReport({ findings, audited, denials, replays, notes, hindsights }: Report): string {
  return JSON.stringify({
    findings: findings.map((finding) => {
      const replay = replays.find(({ account, control }) => account === finding.account && control === finding.control);
      return replay === undefined
        ? finding
        : { ...finding, replay: { confirmed: replay.confirmed, says: replay.says } };
    }),
    audited,
    denials,
    notes,
    ...(hindsights && { hindsight: hindsights }),
  });
}
