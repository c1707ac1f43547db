import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventItem, hostileItems, sampleMatch, sampleRefusal, sampleRing } from '../../../test/forward/items.ts';
import type { FindingItem } from '../item.ts';
import { splunkEvent } from '../receivers/splunk/splunk-event.ts';
import { syslogMessage } from '../receivers/syslog/syslog-message.ts';
import { cefLine } from './cef.ts';
import { plainLine } from './plain.ts';
import { shortened } from './shortened.ts';

const pretty = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
const file = (name: string): string => `../../../docs/forwards/${name}`;
const splunkNames = { host: 'trailbell', source: 'trailbell', sourcetype: 'aws:cloudtrail' };

describe('the samples of the manual', () => {
  it('are what forwards send', async () => {
    await expect(pretty(plainLine(sampleRing()))).toMatchFileSnapshot(file('json-ring.json'));
    await expect(pretty(splunkEvent(sampleMatch(), splunkNames))).toMatchFileSnapshot(file('splunk-event.json'));
    await expect(pretty(splunkEvent(sampleRing(), splunkNames))).toMatchFileSnapshot(file('splunk-ring.json'));
    const syslog = [sampleMatch(), sampleRefusal(), sampleRing()]
      .map((item) => syslogMessage(item, cefLine(item), { facility: 13, hostname: 'trailbell' }))
      .map((message) => `${message.toString('utf8').replace(/^\d+ /, '')}\n`);
    await expect(syslog.join('')).toMatchFileSnapshot(file('syslog-cef.txt'));
  });
});

describe('plain JSON', () => {
  it('keeps a record to the last digit, on one line', () => {
    const text = '{ "eventName": "X",\n "n": 12345678901234567890.10, "s": "a b" }';
    expect(plainLine(eventItem(text))).toBe('{"eventName":"X","n":12345678901234567890.10,"s":"a b"}');
    expect(plainLine(eventItem(text, { filters: ['f'] }))).toBe(
      '{"eventName":"X","n":12345678901234567890.10,"s":"a b","trailbell":{"filters":["f"]}}',
    );
  });

  it('is one line of JSON whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileItems(),
          fc.string({ unit: 'binary' }).map((text) => eventItem(text)),
        ),
        (item) => {
          const line = plainLine(item);
          expect(line).not.toMatch(/[\r\n]/);
          JSON.parse(line);
        },
      ),
    );
  });
});

/** The keys and values of a line of CEF, read as the format's definition says. */
function readCef(line: string): { header: string[]; extension: Record<string, string> } {
  const parts = line.match(/(?:\\.|[^\\|])*(?:\||$)/g) ?? [];
  const header = parts.slice(0, 7).map((part) => part.replace(/\|$/, '').replace(/\\([\\|])/g, '$1'));
  const rest = parts.slice(7).join('');
  const extension: Record<string, string> = {};
  for (const [, key = '', value = ''] of rest.matchAll(/(\w+)=((?:\\.|[^\\=])*?)(?=(?: \w+=)|$)/gs))
    extension[key] = value.replace(/\\n/g, '\n').replace(/\\([\\=])/g, '$1');
  return { header, extension };
}

describe('the Common Event Format', () => {
  it('is one line with seven fields before the extension, whatever a record holds', () => {
    fc.assert(
      fc.property(hostileItems(), (item) => {
        const line = cefLine(item);
        expect(line).not.toMatch(/[\r\n]/);
        const { header, extension } = readCef(line);
        expect(header.slice(0, 4)).toEqual(['CEF:0', 'Trailbell', 'Trailbell', '1']);
        expect(Number(header[6])).toBeLessThanOrEqual(10);
        expect(extension.rt).toBe(String(item.at));
      }),
    );
  });

  it('gives back what it was told, signs of its own and line breaks included', () => {
    const message = 'a=b|c\\d\ne f=g';
    const { extension } = readCef(cefLine(eventItem(message)));
    expect(extension.msg).toBe(message);
  });
});

describe('a record that is too long for a receiver', () => {
  it('goes without the largest members of a ring or a finding where a receiver would cut it off', () => {
    const short = shortened(plainLine, 1_500);
    const detail = JSON.parse(sampleRing().ring.detail) as object;
    const long = { ...detail, sessions: Array(100).fill({ account: '111122223333', principal: 'root' }) };
    const ring = JSON.parse(short(sampleRing({ detail: JSON.stringify(long) })) ?? '') as { detail: object };
    expect(ring.detail).toMatchObject({ severity: 'critical', trailbellLeftOut: ['events', 'sessions'] });
    const strange = { severity: 'low', more: 'x'.repeat(3_000) };
    expect(JSON.parse(short(sampleRing({ detail: JSON.stringify(strange) })) ?? '')).toMatchObject({
      headline: sampleRing().ring.headline,
      detail: { severity: 'low', trailbellLeftOut: ['detail'] },
    });
    const finding = { control: '4.3', reason: 'no filter', evidence: [{ answer: 'x'.repeat(3_000) }], path: {} };
    const item: FindingItem = { kind: 'finding', id: 'f', at: 1, documents: { finding, ocsf: {}, asff: {} } };
    expect(JSON.parse(short(item) ?? '')).toEqual({
      ...{ type: 'finding', at: 1, control: '4.3', reason: 'no filter', path: {} },
      trailbellLeftOut: ['evidence'],
    });
  });

  it('is never longer than that, and still what the format says', () => {
    const long = shortened(plainLine, 2_000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6_000 }), fc.constantFrom('x', '"', '\u0000', 'ü', '😀'), (count, sign) => {
        const text = sign.repeat(count);
        for (const record of [
          { eventName: 'X', requestParameters: { text } },
          { eventName: text, userAgent: text },
        ]) {
          const line = long(eventItem(JSON.stringify(record))) ?? '';
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2_000);
          JSON.parse(line);
        }
      }),
    );
  });
});
