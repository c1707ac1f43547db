import { findingFacts } from '../../formats/finding-facts.ts';
import { severityOf } from '../../formats/severity.ts';
import type { ForwardItem } from '../../item.ts';

export interface SyslogNames {
  readonly facility: number;
  readonly hostname: string;
}

/** Severities of RFC 5424. */
const LEVELS = { critical: 1, high: 1, medium: 4, low: 5, info: 6 } as const;
const NOTICE = 5;
const INFORMATIONAL = 6;

/** One message as RFC 5424 has it, with the octet count before it that RFC 5425 wants. */
export function syslogMessage(item: ForwardItem, text: string, { facility, hostname }: SyslogNames): Buffer {
  const priority = facility * 8 + levelOf(item);
  const kind = item.kind === 'event' && item.filters.length > 0 ? 'match' : item.kind;
  const header = `<${priority}>1 ${timestamp(item.at)} ${hostname} trailbell - ${kind} -`;
  const message = Buffer.from(`${header} ${text}`, 'utf8');
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** Bytes that stand before the text of a message, at most. */
export const longestHeader = ({ hostname }: SyslogNames): number =>
  `<191>1 2026-03-01T12:00:00.000Z ${hostname} trailbell - finding - `.length;

const END_OF_YEARS = Date.UTC(10_000, 0, 1);

/** Years have four digits: of a time beyond them nothing is said. */
const timestamp = (at: number): string => (at < END_OF_YEARS ? new Date(at).toISOString() : '-');

function levelOf(item: ForwardItem): number {
  if (item.kind === 'ring') return LEVELS[severityOf(item.ring)];
  if (item.kind === 'finding') return LEVELS[findingFacts(item).severity];
  return item.filters.length > 0 ? NOTICE : INFORMATIONAL;
}
