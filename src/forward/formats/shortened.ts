import { EventView } from '../../pattern/index.ts';
import type { EventItem, ForwardItem } from '../item.ts';
import type { Format } from './format.ts';

/** Members of a record that may be large, the least telling first. */
const LARGE = ['responseElements', 'requestParameters', 'additionalEventData', 'resources', 'serviceEventDetails'];
/** Of a ring's detail, and of a finding. */
const LARGE_IN_RINGS = ['events', 'sessions', 'datapoints'];
const LARGE_IN_FINDINGS = ['evidence', 'path', 'counterexample'];

/**
 * A format for receivers that cut off what is too long: a record, a ring or a finding goes without its largest members
 * then, and a member `trailbellLeftOut` names them. Undefined where even that is too long.
 */
export function shortened(format: Format, longest: number): (item: ForwardItem) => string | undefined {
  return (item) => {
    const text = format(item);
    if (text === undefined || Buffer.byteLength(text) <= longest) return text;
    for (const shorter of without(item)) {
      const written = format(shorter);
      if (written !== undefined && Buffer.byteLength(written) <= longest) return written;
    }
    return item.kind === 'event' ? withMessage(item, format, longest) : text;
  };
}

/** The item without one large member, then without two, and so on. */
function without(item: ForwardItem): ForwardItem[] {
  switch (item.kind) {
    case 'event': {
      const stages = item.view.object ? stagesOf(item.view.object, LARGE) : [];
      return stages.map((record) => ({ ...item, view: new EventView(JSON.stringify(record)) }));
    }
    case 'ring': {
      const detail = JSON.parse(item.ring.detail) as Record<string, unknown>;
      const stages = [...stagesOf(detail, LARGE_IN_RINGS), onlySeverityOf(detail)];
      return stages.map((less) => ({ ...item, ring: { ...item.ring, detail: JSON.stringify(less) } }));
    }
    case 'finding': {
      const { documents } = item;
      const stages = stagesOf(documents.finding, LARGE_IN_FINDINGS);
      return stages.map((finding) => ({ ...item, documents: { ...documents, finding } }));
    }
  }
}

function stagesOf(whole: Readonly<Record<string, unknown>>, large: readonly string[]): Record<string, unknown>[] {
  const left = large.filter((member) => member in whole);
  return left.map((_, index) => {
    const gone = left.slice(0, index + 1);
    const rest = Object.entries(whole).filter(([name]) => !gone.includes(name));
    return { ...Object.fromEntries(rest), trailbellLeftOut: gone };
  });
}

const onlySeverityOf = ({ severity }: Record<string, unknown>): Record<string, unknown> => ({
  ...(severity !== undefined && { severity }),
  trailbellLeftOut: ['detail'],
});

/** The beginning of a message that is nothing but long. */
function withMessage(item: EventItem, format: Format, longest: number): string | undefined {
  const start = item.view.message.slice(0, Math.max(0, Math.floor((longest - 1_000) / 6)));
  return format({ ...item, view: new EventView(`${start} …`) });
}
