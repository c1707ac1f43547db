import { describe, expect, it } from 'vitest';
import { CandidateFilter } from './candidate-filter.ts';
import { compilePattern, PatternSet } from './index.ts';
import { necessaryNeeds } from './necessary-clues.ts';
import { parsePattern } from './parse-pattern.ts';

const candidates = (patterns: readonly string[], message: string): readonly number[] =>
  new CandidateFilter(patterns.map((text) => necessaryNeeds(parsePattern(text)))).candidates(message);

const PATTERNS = [
  '{ $.eventName = "DeleteTrail" || $.eventName = "StopLogging" }',
  '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed != "Yes" }',
  '{ $.errorCode = "AccessDenied*" }',
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }',
  '{ $.eventName != "x" && $.eventSource = "s3.amazonaws.com" }',
];

describe('the patterns that a message can match', () => {
  it.each<[string, number[]]>([
    ['{"eventName":"DeleteTrail"}', [0]],
    ['{ "eventName" :\t"ConsoleLogin" }', [1]],
    ['{"a":{"eventName":"StopLogging"},"errorCode":"AccessDeniedException"}', [0, 2]],
    ['{"errorCode":403}', [2]],
    ['{"errorCode":null,"eventName":"DescribeTrails","userIdentity":{"type":"IAMUser"}}', []],
    ['{"userIdentity":{"type":"Root"}}', [3]],
    ['{"eventSource":"s3.amazonaws.com"}', [4]],
    ['{"event\\u004eame":"x"}', [0, 1, 2, 3, 4]],
    ['{"eventName":"Delete\\/Trail"}', [0, 1]],
    ['{"text":"eventName","x":"DeleteTrail"}', []],
    ['', []],
  ])('%s: %j', (message, expected) => {
    expect(candidates(PATTERNS, message)).toEqual(expected);
  });

  it('are all of them where nothing can be told beforehand', () => {
    expect(candidates(['{ $.a NOT EXISTS }', 'ERROR', '[a, b]', ''], '{}')).toEqual([0, 1, 2, 3]);
    expect(candidates(['{ $.a NOT EXISTS || $.b = "xyz" }'], '{}')).toEqual([0]);
  });

  it('are judged in the order given', () => {
    const patterns = ['{ $.b = "two" }', '{ $.a NOT EXISTS }', '{ $.b = t* }', '{ $.c = "three" }'];
    const set = new PatternSet(patterns.map((text, id) => ({ id, compiled: compilePattern(text) })));
    expect(set.matching('{"b":"two"}')).toEqual([0, 1, 2]);
    expect(set.matching('{"a":1,"c":"three"}')).toEqual([3]);
    expect(set.matching('{"b":"two","a":1,"b":"one"}')).toEqual([]);
  });
});
