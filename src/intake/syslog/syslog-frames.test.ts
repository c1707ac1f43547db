import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Frame, LONGEST_MESSAGE, SyslogFrames } from './syslog-frames.ts';

function framesOf(...chunks: (string | Buffer)[]): Frame[] {
  const frames = new SyslogFrames();
  return [...chunks.flatMap((chunk) => [...frames.feed(Buffer.from(chunk))]), ...frames.end()];
}
const texts = (frames: readonly Frame[]): string[] =>
  frames.map((frame) => (frame.kind === 'message' ? frame.text : `damage: ${frame.message}`));

const counted = (text: string): string => `${Buffer.byteLength(text)} ${text}`;

describe('a stream of syslog messages', () => {
  it('is cut by counts and by lines, each message by its first letter', () => {
    const stream = `${counted('<13>1 a\nb')}<13>1 c\r\n\n${counted('<13>1 é')}<13>1 d`;
    expect(texts(framesOf(stream))).toEqual(['<13>1 a\nb', '<13>1 c', '<13>1 é', '<13>1 d']);
  });

  it('is cut alike however it comes in pieces', () => {
    const message = fc.record({ text: fc.string({ unit: 'binary', minLength: 1 }), isCounted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(300)), (messages, cuts) => {
        const sent = messages.map(({ text, isCounted }) => {
          const plain = text.replaceAll('\n', ' ').trim();
          return isCounted
            ? { wire: counted(`<1>${text}`), is: `<1>${text}` }
            : { wire: `<1>${plain}\n`, is: `<1>${plain}` };
        });
        const bytes = Buffer.from(sent.map(({ wire }) => wire).join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        const wellFormed = (text: string): string => Buffer.from(text).toString();
        expect(texts(framesOf(...chunks))).toEqual(sent.map(({ is }) => wellFormed(is)));
      }),
    );
  });

  it('never throws and never keeps more than the longest message, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        framesOf(...chunks.map((chunk) => Buffer.from(chunk)));
      }),
    );
  });

  it('goes on behind a message that is too long', () => {
    const long = 'x'.repeat(LONGEST_MESSAGE + 1);
    const expected = [`damage: a message above ${LONGEST_MESSAGE} bytes`, '<13>1 next'];
    expect(texts(framesOf(counted(long), '<13>1 next\n'))).toEqual(expected);
    expect(texts(framesOf(`<13>${long}`, long, '\n', '<13>1 next\n'))).toEqual(expected);
    expect(texts(framesOf(`<13>${long}\n<13>1 next\n`))).toEqual(expected);
  });

  it('that ends within a counted message is told', () => {
    expect(texts(framesOf('20 <13>1 a'))).toEqual(['damage: the connection ended within a message']);
  });

  it('is not copied again with every piece, however small and blank the pieces are', () => {
    const concat = vi.spyOn(Buffer, 'concat');
    const frames = new SyslogFrames();
    const found: Frame[] = [];
    for (let n = 0; n < 5_000; n += 1) found.push(...frames.feed(Buffer.from('a b ')));
    found.push(...frames.feed(Buffer.from('\n')));
    expect(found).toEqual([{ kind: 'message', text: 'a b '.repeat(5_000).trim() }]);
    expect(concat.mock.calls.length).toBeLessThan(5);
    concat.mockRestore();
  });
});
