import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNotification } from './notification.ts';

const KEY = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/a b+c.json.gz';
const s3 = (eventName: string, key = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/a+b%2Bc.json.gz') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'trail', arn: 'arn:aws:s3:::trail' }, object: { key, size: 12, eTag: 'e1' } },
});
const sns = (message: unknown, more = {}) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:trail',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    ...more,
  });
const ofTrail = { s3Bucket: 'trail', s3ObjectKey: [KEY, 'b'] };
const ofEventBridge = {
  version: '0',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  detail: { version: '0', bucket: { name: 'trail' }, object: { key: KEY, size: 12, etag: 'e1' } },
};
const whole = { bucket: 'trail', key: KEY, size: 12, etag: 'e1' };
const bare = { size: undefined, etag: undefined };

describe('a message of a queue', () => {
  it.each([
    ['an S3 notification', JSON.stringify({ Records: [s3('ObjectCreated:Put')] }), [whole]],
    ['an S3 notification in SNS', sns({ Records: [s3('ObjectCreated:Copy'), s3('ObjectRemoved:Delete')] }), [whole]],
    [
      "CloudTrail's message",
      JSON.stringify(ofTrail),
      [
        { bucket: 'trail', key: KEY, ...bare },
        { bucket: 'trail', key: 'b', ...bare },
      ],
    ],
    [
      "CloudTrail's message in SNS",
      sns(ofTrail),
      [
        { bucket: 'trail', key: KEY, ...bare },
        { bucket: 'trail', key: 'b', ...bare },
      ],
    ],
    ['an event of EventBridge', JSON.stringify(ofEventBridge), [whole]],
    ['an event of EventBridge in SNS', sns(ofEventBridge), [whole]],
  ])('names objects as %s', (_, body, objects) => {
    expect(readNotification(body)).toEqual({ kind: 'objects', objects });
  });

  it.each([
    JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }),
    sns({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }),
    'CloudTrail validation message.',
    sns('CloudTrail validation message.'),
    JSON.stringify({ Records: [s3('ObjectRemoved:Delete')] }),
    JSON.stringify({ ...ofEventBridge, 'detail-type': 'Object Deleted' }),
  ])('may mean nothing: %s', (body) => {
    expect(readNotification(body)).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['no JSON', 'it is not JSON'],
    ['[]', 'it is no JSON object'],
    ['{"a":1}', 'it is no notification of an object'],
    [
      JSON.stringify({ Records: [{ eventVersion: '1.08', userIdentity: { type: 'Root' } }] }),
      'records that are none of S3',
    ],
    [sns('x', { Type: 'SubscriptionConfirmation' }), "SNS's SubscriptionConfirmation"],
    [JSON.stringify({ ...ofEventBridge, source: 'aws.ec2' }), 'an event of aws.ec2'],
    [JSON.stringify({ Records: [s3('ObjectCreated:Put', '%')] }), 'no whole notification of S3'],
    [sns(sns(sns(sns(sns(sns(ofTrail)))))), 'too deep'],
  ])('that is none says why: %s', (body, why) => {
    expect(readNotification(body)).toEqual({ kind: 'unknown', why: expect.stringContaining(why) });
  });

  it('may be anything', () => {
    const part = fc.oneof(
      fc.constantFrom(ofTrail, ofEventBridge, { Records: [s3('ObjectCreated:Put')] }),
      fc.json().map((text) => JSON.parse(text) as unknown),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          part.map((value) => JSON.stringify(value)),
          part.map((value) => sns(value ?? '')),
        ),
        (body) => {
          expect(['objects', 'nothing', 'unknown']).toContain(readNotification(body).kind);
        },
      ),
    );
  });
});
