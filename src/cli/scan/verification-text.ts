import type { Verification, VerifiedChain } from '../../trail/digest/verify-archive.ts';
import type { Problem } from '../../trail/digest/verify-chain.ts';
import { accountPhrase } from '../../trail/principal.ts';
import type { Terminal } from '../terminal.ts';
import { iso } from './scan-json.ts';
import { counted, minute } from './scan-text.ts';

/** Problems that are listed on a terminal. */
const LISTED = 20;

/** What the digests prove, a line a chain, and what speaks against it. */
export function verificationText({ chains, problems, notes }: Verification, colors: Terminal['colors']): string {
  const lines = ['', 'Integrity, by the digests that CloudTrail signed:'];
  if (chains.length === 0) {
    lines.push(
      `${colors.red('✗')} no digest lies here: name the folder or prefix that holds AWSLogs, not one below it`,
    );
  }
  for (const chain of chains) {
    const isProven = chain.proven > 0 ? colors.green('✓') : colors.yellow('!');
    const mark = chain.problems.length > 0 ? colors.red('✗') : isProven;
    lines.push(`${mark} ${chainName(chain)}: ${chainSentence(chain)}`);
    for (const { from, to } of chain.gaps) lines.push(`    gap: no digest from ${minute(from)} to ${minute(to)}`);
    for (const { file, why } of chain.unproven) lines.push(`  ${colors.yellow('!')} not proven: ${file}: ${why}`);
  }
  const shown = problems.slice(0, LISTED);
  for (const problem of shown) lines.push(`  ${problemText(problem)}`);
  if (problems.length > shown.length) lines.push(`  … and ${problems.length - shown.length} more (--json has all)`);
  for (const note of notes) lines.push(`${colors.yellow('!')} ${note}`);
  return lines.join('\n');
}

export const chainName = ({ account, region, trail, isBackfill }: VerifiedChain): string =>
  `${accountPhrase(account)} ${region}, trail ${trail}${isBackfill ? ' (backfilled)' : ''}`;

/** `complete and unaltered from … to …, 0 gaps (54 log files in 3 digests)`. */
export function chainSentence({ problems, proven, from, to, gaps, files, digests }: VerifiedChain): string {
  const what = `${counted(files.listed, 'log file')} in ${counted(digests, 'digest')}`;
  if (problems.length > 0) return `not as it was delivered: ${counted(problems.length, 'problem')} (${what})`;
  if (proven === 0) return `nothing is proven (${what})`;
  return `complete and unaltered from ${minute(from!)} to ${minute(to!)}, ${counted(gaps.length, 'gap')} (${what})`;
}

export const problemText = ({ kind, file, message }: Problem): string =>
  `${kind.replace('-', ' ').replaceAll('-', ' ')}: ${file}: ${message}`;

/** The `verification` member of the JSON. */
export function verificationJson({ verdict, chains, problems, notes }: Verification): object {
  return {
    verdict,
    chains: chains.map(({ isBackfill, from, to, gaps, problems: own, ...chain }) => ({
      ...chain,
      backfill: isBackfill,
      from: iso(from),
      to: iso(to),
      gaps: gaps.map((gap) => ({ from: iso(gap.from), to: iso(gap.to) })),
      problems: own.length,
    })),
    problems,
    notes,
  };
}
