import type { LinkReport } from '../../finding.ts';
import { escaped } from '../markup.ts';

const BOX = { width: 132, height: 64, gap: 26 };
const LONGEST_NAME = 16;

type Mark = 'ok' | 'bad' | 'unknown';

/**
 * A chain as inline SVG, a box a link: from left to right where there is room, from top to bottom on a
 * narrow page. Colours come from the page's style, so both fit its light and dark form.
 */
export function chainPicture(links: readonly LinkReport[], label: string): string {
  if (links.length === 0) return '';
  return `${picture(links, label, 'wide')}${picture(links, label, 'narrow')}`;
}

function picture(links: readonly LinkReport[], label: string, form: 'wide' | 'narrow'): string {
  const step = form === 'wide' ? BOX.width + BOX.gap : BOX.height + BOX.gap;
  const length = links.length * step - BOX.gap;
  const boxWidth = form === 'wide' ? BOX.width : 280;
  const [width, height] = form === 'wide' ? [length, BOX.height] : [boxWidth, length];
  const parts = links.map((link, index) => {
    const [x, y] = form === 'wide' ? [index * step, 0] : [0, index * step];
    const arrow = index === 0 ? '' : form === 'wide' ? arrowRight(x, link) : arrowDown(boxWidth / 2, y, link);
    return `${arrow}${box(link, x, y, boxWidth)}`;
  });
  // A pixel around it, so that no stroke is cut.
  const view = `-1 -1 ${width + 2} ${height + 2}`;
  return `<svg class="chain ${form}" role="img" aria-label="${escaped(label)}" viewBox="${view}" width="${width + 2}" height="${height + 2}">${parts.join('')}</svg>`;
}

function box(link: LinkReport, x: number, y: number, width: number): string {
  const mark = markOf(link);
  const sign = { ok: '✓', bad: '✗', unknown: '?' }[mark];
  const most = Math.floor((width / BOX.width) * LONGEST_NAME);
  const name = link.name === null ? '—' : shortened(link.name, most);
  return `<g class="${mark}"><title>${escaped(`${link.link}: ${link.name ?? 'none'}. ${link.says}`)}</title><rect x="${x}" y="${y}" width="${width}" height="${BOX.height}" rx="8"/><text class="kind" x="${x + 10}" y="${y + 24}">${sign} ${escaped(link.link)}</text><text class="name" x="${x + 10}" y="${y + 46}">${escaped(name)}</text></g>`;
}

const arrowRight = (x: number, link: LinkReport): string => {
  const middle = BOX.height / 2;
  return `<path class="${markOf(link)}" d="M${x - BOX.gap + 3} ${middle}H${x - 8}m-5 -5l5 5l-5 5"/>`;
};

const arrowDown = (middle: number, y: number, link: LinkReport): string =>
  `<path class="${markOf(link)}" d="M${middle} ${y - BOX.gap + 3}V${y - 8}m-5 -5l5 5l5 -5"/>`;

const markOf = ({ holds }: LinkReport): Mark => (holds === null ? 'unknown' : holds ? 'ok' : 'bad');

/** The telling end of a name: of an ARN its resource, of a long one its two ends. */
export function shortened(name: string, most: number): string {
  const resource = name.startsWith('arn:') ? name.split(':').slice(5).join(':').replace(/:\*$/, '') || name : name;
  const short = resource.replace(/^(trail\/|log-group:|alarm:)/, '');
  if (short.length <= most) return short;
  const half = Math.floor((most - 1) / 2);
  return `${short.slice(0, half)}…${short.slice(short.length - (most - 1 - half))}`;
}
