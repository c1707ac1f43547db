import type { Generated } from 'kysely';

export interface MuteRulesTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  /** JSON of the parameters given, as AWS spells them. */
  definition: string;
  tags: string;
  updated_at: number;
}

export interface MuteTargetsTable {
  rule_id: number;
  account: string;
  region: string;
  alarm_name: string;
}

/** Rings that nobody is told of until it ends. */
export interface SilencesTable {
  id: string;
  /** JSON: what the rings have in common. */
  matcher: string;
  reason: string;
  owner: string;
  created_at: number;
  ends_at: number;
}
