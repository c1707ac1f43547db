import { escaped } from '../../../audit/report/markup.ts';

/** A row of the picture: matches by day (its first millisecond). */
export interface Lane {
  readonly name: string;
  readonly isRoot: boolean;
  readonly days: readonly (readonly [day: number, count: number])[];
}

const DAY = 86_400_000;
/** Bars side by side. */
const MOST_BARS = 180;
const HEIGHT = 28;

/** When something matched: a lane a rule, all on the same time. Empty without a match. */
export function timeline(lanes: readonly Lane[]): string {
  const days = lanes.flatMap((lane) => lane.days.map(([day]) => day));
  if (days.length === 0) return '';
  const first = days.reduce((least, day) => Math.min(least, day));
  const last = days.reduce((most, day) => Math.max(most, day));
  const count = (last - first) / DAY + 1;
  const perBar = Math.ceil(count / MOST_BARS);
  const bars = Math.ceil(count / perBar);
  const rows = lanes.filter((lane) => lane.days.length > 0).map((lane) => laneOf(lane, first, perBar, bars));
  const middle = first + Math.floor(count / 2) * DAY;
  const marks = count > 2 ? [first, middle, last] : count > 1 ? [first, last] : [first];
  const axis = marks.map((day) => `<span>${date(day)}</span>`).join('');
  const width = perBar === 1 ? 'day' : `${perBar} days`;
  return `<div class="lanes">${rows.join('\n')}<div class="lane"><span class="soft">a bar for each ${width}</span><div class="axis">${axis}</div></div></div>`;
}

function laneOf({ name, isRoot, days }: Lane, first: number, perBar: number, bars: number): string {
  const counts = new Map<number, number>();
  for (const [day, count] of days) {
    const bar = Math.floor((day - first) / DAY / perBar);
    counts.set(bar, (counts.get(bar) ?? 0) + count);
  }
  const most = [...counts.values()].reduce((high, count) => Math.max(high, count));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rects = [...counts].map(([bar, count]) => {
    // By the square root, so that a single use is still seen beside a burst.
    const height = Math.max(4, Math.round(Math.sqrt(count / most) * HEIGHT));
    const from = first + bar * perBar * DAY;
    const when = perBar === 1 ? date(from) : `${date(from)} to ${date(from + (perBar - 1) * DAY)}`;
    // A lone day of years is a hair: keep it wide enough to see.
    const width = Math.max(0.8, bars / 200);
    const left = Math.min(bar + 0.1, bars - width);
    return `<rect x="${round(left)}" y="${HEIGHT - height}" width="${round(width)}" height="${height}"><title>${when}: ${count}</title></rect>`;
  });
  const label = `${name}: ${total} matches between ${date(days[0]![0])} and ${date(days.at(-1)![0])}`;
  return `<div class="lane${isRoot ? ' root' : ''}"><span>${escaped(name)}</span><svg role="img" aria-label="${escaped(label)}" viewBox="0 0 ${bars} ${HEIGHT}" preserveAspectRatio="none"><line x1="0" x2="${bars}" y1="${HEIGHT}" y2="${HEIGHT}"/>${rects.join('')}</svg></div>`;
}

const round = (n: number): number => Math.round(n * 100) / 100;

const date = (day: number): string => new Date(day).toISOString().slice(0, 10);
