import type { Finding } from '../finding.ts';

/** Names that AWS Control Tower gives to what it makes and will put back. */
const MADE_BY_CONTROL_TOWER = /^(aws-controltower[-/]|AWSControlTower|StackSet-AWSControlTower)/;

/** The links of a chain that Control Tower owns: changing them by hand is drift. */
export function controlTowerLinks({ path }: Finding): string[] {
  const names = [path.trail, path.logGroup, path.alarm, path.topic, ...(path.filters ?? [])];
  return names.filter((name) => name !== undefined && MADE_BY_CONTROL_TOWER.test(lastName(name))) as string[];
}

/** What a reader must know before mending such a chain; undefined where Control Tower is not involved. */
export function controlTowerNote(findings: readonly Finding[]): string | undefined {
  const owned = [...new Set(findings.flatMap(controlTowerLinks))].map(lastName);
  if (owned.length === 0) return undefined;
  return `AWS Control Tower owns ${owned.join(', ')}: add filters, alarms and topics of your own beside them, and change the trail in the landing zone's settings, or Control Tower reports drift`;
}

/** `trail/NAME` and `log-group:NAME:*` by their name alone. */
function lastName(name: string): string {
  const resource = name.startsWith('arn:') ? name.split(':').slice(5).join(':') : name;
  return resource.replace(/^(trail\/|log-group:|alarm:)/, '').replace(/:\*$/, '');
}
