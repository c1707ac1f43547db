import { describe, expect, it } from 'vitest';
import { intakeSettings } from '../intake-settings.ts';
import { intakePolicy, trustPolicy } from './intake-policy.ts';

const ROLE = 'arn:aws:iam::111122223333:role/trailbell-intake';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b';
const settings = intakeSettings.parse({
  s3: [
    { name: 'org', bucket: 'trail', prefix: 'org/', role: ROLE, externalId: 'word' },
    { name: 'own', bucket: 'own-trail', verify: true },
  ],
  sqs: [
    { name: 'noted', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/444455556666/q', buckets: ['other'], role: ROLE },
  ],
});

describe('the policy of intakes', () => {
  it('has for a role what is read with it, and nothing else', () => {
    expect(intakePolicy(settings, ROLE, [KEY]).Statement).toEqual([
      {
        Sid: 'TrailbellList1',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: ['arn:aws:s3:::trail'],
        Condition: { StringLike: { 's3:prefix': 'org/*' } },
      },
      { Sid: 'TrailbellMiss', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::other'] },
      {
        Sid: 'TrailbellRead',
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::trail/org/*'],
      },
      {
        Sid: 'TrailbellQueue',
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: ['arn:aws:sqs:eu-west-1:444455556666:q'],
      },
      { Sid: 'TrailbellDecrypt', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [KEY] },
    ]);
  });

  it('lets the engine itself take on the roles, and read what it reads without one', () => {
    const { Statement } = intakePolicy(settings, undefined, []);
    expect(Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ['TrailbellList1', ['arn:aws:s3:::own-trail']],
      ['TrailbellRead', ['arn:aws:s3:::own-trail/*']],
      ['TrailbellProve', ['*']],
      ['TrailbellEnter', [ROLE]],
    ]);
  });

  it('asks for the external id', () => {
    expect(trustPolicy('arn:aws:iam::777788889999:root', 'word')).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'sts:ExternalId': 'word' } } }],
    });
  });
});
