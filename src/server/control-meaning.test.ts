import { expect, it } from 'vitest';
import { controlMeaning } from './control-meaning.ts';

it('has words for every control that --cis installs, whatever the number of its section', () => {
  for (let place = 1; place <= 15; place += 1) {
    const words = ['3', '4', '5'].map((section) => controlMeaning(`CISBenchmark/CIS-${section}.${place}`));
    expect(words[0]?.length, String(place)).toBeGreaterThan(50);
    expect(new Set(words).size).toBe(1);
  }
  expect(controlMeaning('CISBenchmark/CIS-4.3')).toContain('root');
});

it('has none for other metrics', () => {
  for (const metric of ['CISBenchmark/CIS-4.99', 'CISBenchmark/4.3', 'Other/CIS-4.3', '']) {
    expect(controlMeaning(metric)).toBeUndefined();
  }
});
