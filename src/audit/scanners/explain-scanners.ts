import type { ScannerOpinion } from '../finding.ts';
import type { AccountView } from '../judge/account-view.ts';
import type { Target } from '../judge/target.ts';
import { cloudSploit } from './cloudsploit.ts';
import { prowler } from './prowler.ts';
import type { Scanner } from './scanner.ts';
import { scoutSuite } from './scoutsuite.ts';
import { securityHub } from './security-hub.ts';
import { turbot } from './turbot.ts';

/** The scanners whose opinions are told, each with the version that was looked at. */
export const SCANNERS: readonly Scanner[] = [prowler, securityHub, turbot, scoutSuite, cloudSploit];

/** What each scanner would say of a control in this state, and why: for people who must explain a difference. */
export const explainScanners = (view: AccountView, target: Target): readonly ScannerOpinion[] =>
  SCANNERS.map((scanner) => ({ tool: scanner.tool, ...scanner.opinion(view, target) }));
