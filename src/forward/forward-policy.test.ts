import { expect, it } from 'vitest';
import { forwardPolicy } from './forward-policy.ts';
import { forwardSettings } from './settings.ts';

it('allows what forwards into AWS do, and nothing else', () => {
  const settings = forwardSettings.parse({
    a: {
      type: 's3',
      bucket: 'siem-archive',
      region: 'eu-west-1',
      kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k',
    },
    b: { type: 's3', bucket: 'siem-archive', region: 'eu-west-1' },
    c: { type: 's3', bucket: 'other', region: 'cn-north-1', prefix: '', kmsKeyId: 'alias/siem' },
    d: { type: 'security-hub', account: '111122223333', region: 'eu-west-1' },
    e: { type: 'file', path: 'x' },
  });
  expect(forwardPolicy(Object.values(settings)).Statement).toEqual([
    {
      Sid: 'TrailbellForwardPut',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: ['arn:aws-cn:s3:::other/*', 'arn:aws:s3:::siem-archive/trailbell/*'],
    },
    {
      Sid: 'TrailbellForwardEncrypt',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey'],
      Resource: ['arn:aws-cn:kms:cn-north-1:*:key/*', 'arn:aws:kms:eu-west-1:111122223333:key/k'],
    },
    {
      Sid: 'TrailbellForwardFindings',
      Effect: 'Allow',
      Action: ['securityhub:BatchImportFindings'],
      Resource: ['arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default'],
    },
  ]);
});
