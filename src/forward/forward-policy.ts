import { arnOf, partitionOf } from '../base/scope.ts';
import type { ForwardSettings } from './settings.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

export interface ForwardPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** The least that forwards into AWS need: nothing but to put what they send. */
export function forwardPolicy(forwards: readonly ForwardSettings[]): ForwardPolicy {
  const buckets = forwards.flatMap((forward) => (forward.type === 's3' ? [forward] : []));
  const hubs = forwards.flatMap((forward) => (forward.type === 'security-hub' ? [forward] : []));
  const allow = (Sid: string, action: string, resources: readonly string[]): Statement[] => {
    const Resource = [...new Set(resources)].sort();
    return Resource.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action: [action], Resource }];
  };
  return {
    Version: '2012-10-17',
    Statement: [
      ...allow(
        'TrailbellForwardPut',
        's3:PutObject',
        buckets.map(({ bucket, prefix, region }) => `arn:${partitionOf(region)}:s3:::${bucket}/${prefix}*`),
      ),
      ...allow(
        'TrailbellForwardEncrypt',
        'kms:GenerateDataKey',
        // A key that is named by its alias or id alone can only be told from others by whoever knows its ARN.
        buckets.flatMap(({ kmsKeyId, region }) => {
          if (kmsKeyId === undefined) return [];
          return [kmsKeyId.startsWith('arn:') ? kmsKeyId : `arn:${partitionOf(region)}:kms:${region}:*:key/*`];
        }),
      ),
      ...allow(
        'TrailbellForwardFindings',
        'securityhub:BatchImportFindings',
        hubs.map(({ account, region }) => arnOf('securityhub', { account, region }, `product/${account}/default`)),
      ),
    ],
  };
}
