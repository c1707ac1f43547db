import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { ProgressLine, progressText } from './progress.ts';

const half = { files: 50, records: 12_345, bytes: 600e6, stored: 100e6, total: { files: 100, stored: 200e6 } };

describe('progress', () => {
  it('tells rate, and time left once the end is known', () => {
    expect(progressText(half, 3)).toBe('50 of 100 files, 12,345 records, 200 MB/s, 3 s left');
    expect(progressText({ ...half, total: undefined }, 3)).toBe(
      '50 files, 12,345 records, 200 MB/s, looking for more files',
    );
    expect(progressText({ ...half, stored: 1e6 }, 3)).toContain('10 min left');
  });

  it('comes after a second, then seldom, and not at the end', () => {
    const notes: string[] = [];
    const line = new ProgressLine(
      { out: () => undefined, note: (text) => void notes.push(text), colors: pc.createColors(false) },
      0,
    );
    for (let now = 0; now <= 25_000; now += 100) line.tell(now, half);
    expect(notes).toHaveLength(3);
    line.tell(60_000, { ...half, files: 100 });
    expect(notes).toHaveLength(3);
  });

  it('stays on one line of a screen', () => {
    const shown: string[] = [];
    const terminal = {
      out: () => undefined,
      note: () => undefined,
      status: (text: string) => void shown.push(text),
      colors: pc.createColors(false),
    };
    const line = new ProgressLine(terminal, 0);
    for (let now = 0; now <= 3_000; now += 100) line.tell(now, half);
    line.end();
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.at(-1)).toBe('');
  });
});
