import { describe, expect, it } from 'vitest';
import { ownTags } from './own-tags.ts';

describe('our tags on an alarm', () => {
  it('are read where they mean something', () => {
    expect(
      ownTags({
        'trailbell:repeat': '4h',
        'trailbell:severity': 'high',
        'trailbell:runbook': 'https://wiki.example.com/root-used',
        'trailbell:ring': 'every-session',
        'trailbell:evaluate': 'event-time',
        team: 'security',
      }),
    ).toEqual({
      repeat: 4 * 3_600_000,
      severity: 'high',
      runbook: 'https://wiki.example.com/root-used',
      problems: [],
    });
  });

  it.each([
    ['trailbell:repeat', '0m'],
    ['trailbell:repeat', '31d'],
    ['trailbell:repeat', '4 hours'],
    ['trailbell:severity', 'CRITICAL'],
    ['trailbell:runbook', 'javascript:alert'],
    ['trailbell:runbook', 'see the wiki'],
    ['trailbell:ring', 'always'],
    ['trailbell:evaluate', 'sometimes'],
    ['trailbell:repaet', '4h'],
  ])('%s=%s is ignored, and said to be', (key, value) => {
    const { problems, ...rest } = ownTags({ [key]: value });
    expect(rest).toEqual({});
    expect(problems).toEqual([expect.stringContaining(`its tag ${key}=${value} is ignored`)]);
  });

  it('documented values obey the alphabet of AWS tags', () => {
    for (const value of ['4h', '30d', 'critical', 'https://wiki.example.com/root-used', 'every-session', 'event-time'])
      expect(value).toMatch(/^[\p{L}\p{N} _.:/=+\-@]{1,256}$/u);
  });
});
