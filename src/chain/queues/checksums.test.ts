import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { md5Of, md5OfAttributes } from './checksums.ts';

/** Recorded on AWS: what SendMessage and ReceiveMessage answered for these attributes. */
const RECORDED = [
  ['d302007e9aa062660afc85fd0a482472', { attr1: { type: 'Number', value: '99.12' } }],
  ['ae7155c6026991b6d54b11589678bf9c', { Foo: { type: 'String', value: 'Bar' } }],
  ['adb59cd4678ea5a855436b949cd07ab6', { MyAttribute: { type: 'String', value: 'foobar' } }],
  [
    '4c360f3fdafd970e05fae2f149d997f5',
    {
      Hello: { type: 'String', value: 'There' },
      General: { type: 'String', value: 'Kenobi' },
      'Help.Me': { type: 'String', value: 'Me' },
    },
  ],
  [
    '8cbe4db156db8a94db8b801b7addb984',
    {
      attr1: {
        type: 'Binary',
        value: Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01').toString('base64'),
      },
    },
  ],
] as const;

describe('checksums', () => {
  it.each(RECORDED)('come to %s as on AWS', (expected, attributes) =>
    expect(md5OfAttributes(attributes)).toBe(expected),
  );

  it('of a body is that of its UTF-8 bytes', () => {
    expect(md5Of('test')).toBe('098f6bcd4621d373cade4e832627b4f6');
  });

  it('are absent where there is nothing to sum up', () => expect(md5OfAttributes({})).toBeUndefined());

  it('depend on names, types and values, and not on the order they came in', () => {
    const attribute = fc.record({
      type: fc.constantFrom('String', 'Number', 'String.kind'),
      value: fc.string({ minLength: 1 }),
    });
    const named = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/), attribute), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(named, (entries) => {
        // The definition once more, as one buffer: length, text, length, text, kind, length, value.
        const sorted = [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const sized = (text: string): Buffer => {
          const bytes = Buffer.from(text);
          return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
        };
        const whole = sorted.flatMap(([name, { type, value }]) => [
          sized(name),
          sized(type),
          Buffer.of(1),
          sized(value),
        ]);
        const expected = createHash('md5').update(Buffer.concat(whole)).digest('hex');
        expect(md5OfAttributes(Object.fromEntries(entries))).toBe(expected);
        expect(md5OfAttributes(Object.fromEntries([...entries].reverse()))).toBe(expected);
      }),
    );
  });
});
