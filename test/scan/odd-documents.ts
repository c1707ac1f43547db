import { gzipSync } from 'node:zlib';
import type { Random } from '../../tools/archive/random.ts';

const NAMES = ['ConsoleLogin', 'StopLogging', 'GetObject', 'CreateTags', 'ConsoleLogin2', 'Console', 'Login', 'é–ü'];
const TYPES = ['Root', 'IAMUser', 'AssumedRole', 'AWSService', 'root', 'Roo', 'Root2'];
const CODES = ['AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation', 'NoSuchBucket', 'x'];

/** What may stand where a string is expected. */
function anyValue(random: Random): unknown {
  return random.pick<unknown>([
    null,
    true,
    false,
    0,
    1,
    404,
    -1.5,
    1e21,
    '',
    'Root',
    '404',
    {},
    [],
    { type: 'Root' },
    ['Root'],
    [{ type: 'Root' }],
    'a"b',
    'a\\b',
    '\\',
    '\u0001',
    'é\u{1f600}',
    '{"type":"Root"}',
    ',"type":"Root"',
    'x'.repeat(70),
  ]);
}

const orOdd = (random: Random, value: unknown): unknown => (random.chance(0.12) ? anyValue(random) : value);

function record(random: Random): Record<string, unknown> {
  const identity: Record<string, unknown> = { type: orOdd(random, random.pick(TYPES)) };
  if (random.chance(0.4)) identity.accountId = orOdd(random, '123456789012');
  if (random.chance(0.2)) identity.invokedBy = orOdd(random, 'AWS Internal');
  if (random.chance(0.3))
    identity.sessionContext = {
      sessionIssuer: { type: random.pick(TYPES), userName: 'x' },
      attributes: { mfaAuthenticated: random.pick(['true', 'false']) },
    };
  const event: Record<string, unknown> = {};
  const add = (key: string, value: unknown, chance = 0.9) => {
    if (random.chance(chance)) event[key] = orOdd(random, value);
  };
  add('eventVersion', '1.08');
  add('userIdentity', identity, 0.95);
  add('eventTime', '2025-11-23T10:00:00Z');
  add('eventSource', random.pick(['s3.amazonaws.com', 'iam.amazonaws.com']));
  add('eventName', random.pick(NAMES));
  add('errorCode', random.pick(CODES), 0.3);
  add('errorMessage', 'Failed authentication', 0.1);
  add(
    'requestParameters',
    { userIdentity: { type: 'Root' }, list: [{ eventName: 'StopLogging' }, 1, 'x'], pad: 'p'.repeat(random.below(90)) },
    0.5,
  );
  add('additionalEventData', { MFAUsed: random.pick(['Yes', 'No']), bytes: random.below(1000) / 4 }, 0.3);
  add('resources', [{ type: 'AWS::S3::Bucket', id: random.below(3) }, { type: 'Root' }], 0.3);
  add('readOnly', random.chance(0.5), 0.6);
  add('eventType', random.pick(['AwsApiCall', 'AwsServiceEvent']));
  add(
    'detail',
    random.pick<unknown>(['x', null, { eventVersion: '1', eventName: 'StopLogging', userIdentity: { type: 'Root' } }]),
    0.03,
  );
  add('s3', random.pick<unknown>(['x', 1, { bucket: 'b' }]), 0.02);
  add('__proto__', { type: 'Root' }, 0.02);
  add('a', { b: { c: random.below(3) } }, 0.2);
  add('id', random.below(3), 0.2);
  add('pad', 'p'.repeat(random.below(140)), 0.5);
  if (random.chance(0.02)) add('deep', JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`));
  return event;
}

/** JSON text of a record in one of the ways it can be written. */
function writtenRecord(random: Random): string {
  const event = record(random);
  let text = random.chance(0.15) ? JSON.stringify(event, null, random.pick([1, 2, '\t'])) : JSON.stringify(event);
  if (random.chance(0.1))
    text = text.replace(random.pick(['"Root"', '"type"', '"userIdentity"', '"eventName"']), (found) =>
      escapedAt(random, found),
    );
  if (random.chance(0.05))
    text = text.replace(
      /"(type|eventName|userIdentity)":/,
      (key) => `${key.slice(0, -1)}${random.pick([' ', '\n', '\t ', ''])}:${random.pick([' ', '\n', ''])}`,
    );
  if (random.chance(0.08))
    text = text.replace(
      '{',
      `{${random.pick(['"type":1', '"eventName":"StopLogging"', '"userIdentity":{"type":"Root"}', '"userIdentity":null', '"x\\"type":"Root"', '"":1', '"\\\\":"\\\\\\\\"', '"t\\u0079pe":"Root"', '"a\\/b":1'])}${text === '{}' ? '' : ','}`,
    );
  if (random.chance(0.05))
    text = text
      .replace(/\}$/, `${random.pick([',"type":"Root"', ',"invokedBy":"x"', ',"eventName":"StopLogging"'])}}`)
      .replace('{,', '{');
  if (random.chance(0.05))
    text = text.replace(
      '"1.08"',
      `"${'\\\\'.repeat(random.below(40))}${random.pick(['', '\\"', '\\u0041', '\\u2028'])}"`,
    );
  return text;
}

function escapedAt(random: Random, text: string): string {
  const at = 1 + random.below(text.length - 2);
  return `${text.slice(0, at)}\\u00${text.charCodeAt(at).toString(16)}${text.slice(at + 1)}`;
}

/** A message of CloudWatch Logs, an EventBridge event, or something foreign. */
function envelope(random: Random): string {
  switch (random.below(7)) {
    case 0:
      return JSON.stringify({ version: '0', 'detail-type': 'x', detail: record(random) });
    case 1:
      return JSON.stringify({
        messageType: 'DATA_MESSAGE',
        logEvents: [{ id: '1', message: writtenRecord(random) }, { message: 'no JSON' }],
      });
    case 2:
      return JSON.stringify({ Records: [record(random), record(random)] });
    case 3:
      return JSON.stringify({ CloudTrailEvent: writtenRecord(random) });
    case 4:
      return '{"digestS3Object":"x","type":"Root"}';
    case 5:
      return '{}';
    default:
      return JSON.stringify(random.pick<unknown>([{ a: 1 }, [1, 2], [{ eventVersion: '1', eventName: 'x' }]]));
  }
}

/** A document or lines, with things between the records that should not be there, now and then. */
export function oddDocument(random: Random): Buffer {
  const oddity = random.chance(0.5) ? 0 : 0.04;
  const records = Array.from({ length: random.below(random.chance(0.1) ? 400 : 25) }, () =>
    random.chance(0.08) ? envelope(random) : writtenRecord(random),
  );
  const space = (): string => (random.chance(0.05) ? random.pick([' ', '\n', '\r\n', '\t', '  \n ']) : '');
  const stray = (): string =>
    random.chance(oddity)
      ? random.pick(['x', '1', 'null', '}', ']', ',', '"', '{', '[', '\u0000', '\u000b', '{"a":', '\u00a0'])
      : '';
  const list = (): string =>
    records.map((text) => `${space()}${stray()}${text}${space()}`).join(random.chance(oddity / 4) ? ',,' : ',');
  let text: string;
  switch (random.below(8)) {
    case 0:
      text = `[${list()}${space()}]`;
      break;
    case 1:
    case 2:
      text = records
        .map((each) => `${stray()}${each.replaceAll(/[\n\t]/g, ' ')}${stray()}${space().replaceAll('\n', '')}`)
        .join(random.pick(['\n', '\r\n', '\n\n']));
      if (random.chance(0.7)) text += '\n';
      break;
    case 3:
      text = records.slice(0, 3).join(random.pick(['', '\n', ' ']));
      break;
    case 4:
      text = `{"Records":[${list()}]}${space()}{"Records":[${list()}],"more":[{"type":"Root"}]}${space()}`;
      break;
    default:
      text = `${random.pick(['{"Records":[', '{"Records":[', ' { "Records" : [ ', '{"Events":[', '{"x":1,"Records":['])}${list()}${space()}${stray()}]${stray()}}${space()}`;
  }
  let bytes = Buffer.from(text);
  if (random.chance(0.05)) bytes = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]);
  if (random.chance(0.08)) bytes = bytes.subarray(0, random.below(bytes.length + 1));
  if (random.chance(0.05)) bytes = Buffer.from(bytes.map((byte) => (byte > 127 && random.chance(0.3) ? 0xff : byte)));
  return bytes;
}

/** The document gzipped, in one or several members, whole or not; or as it is. */
export function packed(random: Random, document: Buffer): Buffer {
  if (random.chance(0.3)) return document;
  const middle = random.below(document.length + 1);
  const parts = random.chance(0.3) ? [document.subarray(0, middle), document.subarray(middle)] : [document];
  const bytes = Buffer.concat(parts.map((part) => gzipSync(part, { level: random.below(10) })));
  if (random.chance(0.1)) return bytes.subarray(0, random.below(bytes.length));
  if (random.chance(0.05)) bytes[bytes.length - 1 - random.below(8)] = random.below(256);
  return bytes;
}
