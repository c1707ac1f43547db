import type { Publication } from '../../chain/topics/publication.ts';
import type { Complaint } from './complaint.ts';

/** Lines in a mail or a chat; the JSON and the status have all. */
const SHOWN = 20;
/** The longest subject that SNS takes. */
const LONGEST_SUBJECT = 100;

/** What the watchdog says: texts for people, and JSON for machines. */
export function watchdogMessage(
  broken: readonly Complaint[],
  mended: readonly string[],
): Pick<Publication, 'subject' | 'message' | 'structure'> {
  const text = [
    ...section(
      'Broken:',
      broken.map(({ says, fix }) => `${says}. ${fix}`),
    ),
    ...section('Whole again:', mended),
    'All of it: trailbell status',
  ].join('\n');
  const json = JSON.stringify({ Trailbell: { ring: 'watchdog', broken, mended } });
  const texts = { default: json, email: text, sms: subjectOf(broken, mended) };
  return { subject: subjectOf(broken, mended), message: JSON.stringify(texts), structure: 'json' };
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - SHOWN;
  return [title, ...lines.slice(0, SHOWN).map((line) => `- ${line}`), ...(more > 0 ? [`… and ${more} more`] : []), ''];
}

function subjectOf(broken: readonly Complaint[], mended: readonly string[]): string {
  const [first] = broken.map(({ says }) => says);
  if (first === undefined)
    return `Trailbell: ${mended.length === 1 ? 'a trouble is' : `${mended.length} troubles are`} over`;
  const said = broken.length === 1 ? first : `${broken.length} things keep it from ringing surely`;
  return `Trailbell: ${said}`.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_SUBJECT);
}
