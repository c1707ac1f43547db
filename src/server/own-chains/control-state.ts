import { LINKS } from '../../audit/broken-links.ts';
import type { Finding } from '../../audit/finding.ts';
import { OWN_PREFIX } from '../../audit/repair/own-names.ts';
import { parseArn } from '../../base/scope.ts';
import type { ChainState } from '../../chain/health/chain-states.ts';

/** What the audit says of one control in one account of the engine. */
export interface ControlState {
  /** Its number in the benchmark. */
  readonly control: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly verdict: Finding['verdict'];
  /** Codes, the first being what to mend first. */
  readonly brokenLinks: Finding['brokenLinks'];
  readonly warnings: readonly string[];
  /** What is wrong with the first of them. */
  readonly reason: string;
  readonly fix: string;
  /** Names of its alarms, as far as there are any. */
  readonly alarms: readonly string[];
}

const FILTER_CODES: readonly string[] = Object.keys(LINKS).slice(0, Object.keys(LINKS).indexOf('F1') + 1);

/**
 * The controls that somebody means to be told of: those whose events a filter looks for, and those with
 * an alarm of the name that `serve --cis` or a repair gives. The others are nobody's loss.
 */
export function controlStates(findings: readonly Finding[], chains: readonly ChainState[]): ControlState[] {
  return findings.flatMap((finding) => {
    const { control, name, account, region, verdict, brokenLinks, warnings, fix, path } = finding;
    const first = path.links?.find(({ broken }) => broken.some((code) => code === brokenLinks[0]));
    const reason = first?.says ?? finding.reason;
    const usual = [`cis-${control}`, `${OWN_PREFIX}${name}`];
    const alarms = chains
      .filter((chain) => chain.account === account)
      .map((chain) => chain.alarm)
      .filter((alarm) => usual.includes(alarm) || alarm === nameIn(path.alarm) || alarm === nameIn(path.composite));
    const isFiltered = (path.filters?.length ?? 0) > 0 || !brokenLinks.some((code) => FILTER_CODES.includes(code));
    if (alarms.length === 0 && !isFiltered) return [];
    return [
      { control, name, account, region, verdict, brokenLinks, warnings, reason, fix, alarms: [...new Set(alarms)] },
    ];
  });
}

const nameIn = (alarm: string | undefined): string | undefined =>
  alarm === undefined ? undefined : (parseArn(alarm)?.resource.replace(/^alarm:/, '') ?? alarm);
