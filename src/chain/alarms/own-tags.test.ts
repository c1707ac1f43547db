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
        'trailbell:escalate-2': '1h second-line',
        'trailbell:escalate-1': '15m on-call',
        'trailbell:end': 'tell',
        team: 'security',
      }),
    ).toEqual({
      repeat: 4 * 3_600_000,
      severity: 'high',
      runbook: 'https://wiki.example.com/root-used',
      escalations: [
        { kind: 'escalate-1', after: 900_000, topic: 'on-call' },
        { kind: 'escalate-2', after: 3_600_000, topic: 'second-line' },
      ],
      tellsEnd: true,
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
    ['trailbell:escalate-1', '15m'],
    ['trailbell:escalate-1', 'on-call'],
    ['trailbell:escalate-2', '15m on call'],
    ['trailbell:escalate-3', '15m on-call'],
    ['trailbell:end', 'yes'],
  ])('%s=%s is ignored, and said to be', (key, value) => {
    const { problems, ...rest } = ownTags({ [key]: value });
    expect(rest).toEqual({ escalations: [] });
    expect(problems).toEqual([expect.stringContaining(`its tag ${key}=${value} is ignored`)]);
  });

  it('documented values obey the alphabet of AWS tags', () => {
    for (const value of ['4h', '30d', 'critical', 'https://wiki.example.com/root-used', 'every-session', 'event-time'])
      expect(value).toMatch(/^[\p{L}\p{N} _.:/=+\-@]{1,256}$/u);
  });
});
