import { EventView } from '../../pattern/index.ts';
import type { EventItem, ForwardItem } from '../item.ts';
import type { Format } from './format.ts';

/** Members of a record that may be large, the least telling first. */
const LARGE = ['responseElements', 'requestParameters', 'additionalEventData', 'resources', 'serviceEventDetails'];

/**
 * A format for receivers that cut off what is too long: a record goes without its largest members then, and a member
 * `trailbellLeftOut` names them. Undefined where even that is too long.
 */
export function shortened(format: Format, longest: number): (item: ForwardItem) => string | undefined {
  return (item) => {
    const text = format(item);
    if (text === undefined || Buffer.byteLength(text) <= longest || item.kind !== 'event') return text;
    const record = item.view.object;
    if (!record) return withMessage(item, format, longest);
    const left: string[] = [];
    const short: Record<string, unknown> = { ...record };
    for (const member of LARGE) {
      if (!(member in short)) continue;
      delete short[member];
      left.push(member);
      const view = new EventView(JSON.stringify({ ...short, trailbellLeftOut: left }));
      const shorter = format({ ...item, view });
      if (shorter !== undefined && Buffer.byteLength(shorter) <= longest) return shorter;
    }
    return withMessage(item, format, longest);
  };
}

/** The beginning of a message that is nothing but long. */
function withMessage(item: EventItem, format: Format, longest: number): string | undefined {
  const start = item.view.message.slice(0, Math.max(0, Math.floor((longest - 1_000) / 6)));
  return format({ ...item, view: new EventView(`${start} …`) });
}
