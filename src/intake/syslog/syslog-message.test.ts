import { describe, expect, it } from 'vitest';
import { textOfMessage } from './syslog-message.ts';

describe('the text of a syslog message', () => {
  it.each([
    ['without structured data', '<13>1 2026-01-05T12:00:00Z host app 12 ID47 - {"a":1}'],
    ['with a byte order mark', '<13>1 2026-01-05T12:00:00Z host app - - - \ufeff{"a":1}'],
    ['behind structured data', '<13>1 - host app - - [x@1 a="1" b="\\]{\\""][y@1] {"a":1}'],
    ['of the older form', '<13>Jan  5 12:00:00 host cloudtrail[12]: {"a":1}'],
    ['of the older form with a process in brackets only', '<13>Jan  5 12:00:00 host cloudtrail: {"a":1}'],
    ['without any header', '{"a":1}'],
  ])('is found %s', (_what, message) => {
    expect(textOfMessage(message)).toBe('{"a":1}');
  });

  it('is no record where none is', () => {
    expect(textOfMessage('<13>1 - host app - - - hello')).toBe('hello');
    expect(textOfMessage('')).toBe('');
  });
});
