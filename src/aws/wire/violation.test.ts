import { describe, expect, it } from 'vitest';
import { jsonFormat } from './json.ts';
import { readInput } from './read-input.ts';
import type { Service } from './service.ts';
import { cloudtrail, cloudwatch, logs } from './services.ts';
import { describeViolations } from './violation.ts';

const sentenceFor = (service: Service, operation: string, input: object): string =>
  describeViolations(readInput(service.operation(operation)!.input, input as unknown, jsonFormat).violations);

describe('the sentence for broken constraints', () => {
  it('shows the value of one', () => {
    expect(sentenceFor(logs, 'FilterLogEvents', { limit: 10001 })).toBe(
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    );
  });

  it('prints lists and maps as AWS does', () => {
    expect(
      sentenceFor(logs, 'PutMetricFilter', {
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: '',
        metricTransformations: [],
      }),
    ).toBe(
      "1 validation error detected: Value '[]' at 'metricTransformations' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v']));
    expect(sentenceFor(logs, 'CreateLogGroup', { logGroupName: 'g', tags })).toMatch(
      /^1 validation error detected: Value '\{k0=v, k1=v, .*\}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50$/,
    );
  });

  it('names the place of keys and elements', () => {
    expect(sentenceFor(logs, 'CreateLogGroup', { logGroupName: 'g', tags: { 'k!': 'v' } })).toContain(
      "Value 'k!' at 'tags' failed",
    );
    expect(sentenceFor(cloudwatch, 'DeleteAlarms', { AlarmNames: ['a', ''] })).toContain(
      "Value '' at 'alarmNames.2.member' failed",
    );
  });

  it('ends after a hundred, however many there are', () => {
    const logEvents = Array.from({ length: 9000 }, () => ({ timestamp: 1, message: '' }));
    const sentence = sentenceFor(logs, 'PutLogEvents', { logGroupName: 'g', logStreamName: 's', logEvents });
    expect(sentence).toMatch(/^100 validation errors detected: /);
    expect(sentence.length).toBeLessThan(20_000);
  });

  it('cuts long values short', () => {
    const filterPattern = 'x'.repeat(1_000_000);
    expect(sentenceFor(logs, 'FilterLogEvents', { logGroupName: 'g', filterPattern }).length).toBeLessThan(2000);
  });

  it('never repeats what the model calls sensitive', () => {
    expect(
      describeViolations([{ path: 'password', value: 'secret', rule: 'Member must not be short', sensitive: true }]),
    ).toBe("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be short");
    expect(cloudtrail.operation('CreateTrail')!.input.sensitive).toBe(false);
  });
});
