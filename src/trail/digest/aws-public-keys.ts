import type { CloudTrailClientConfig } from '@aws-sdk/client-cloudtrail';
import { type PublicKey, publicKey } from './public-keys.ts';

/** Public keys as CloudTrail gives them, for a region and a time. Rejects with the SDK's error, or `NoKeys`. */
export async function awsPublicKeys(
  region: string,
  from: number,
  to: number,
  credentials?: CloudTrailClientConfig['credentials'],
): Promise<readonly PublicKey[]> {
  const { CloudTrailClient, ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const client = new CloudTrailClient({ region, ...(credentials && { credentials }) });
  const keys: PublicKey[] = [];
  let page: string | undefined;
  try {
    do {
      const answer = await client.send(
        new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to), NextToken: page }),
      );
      for (const { Value, Fingerprint } of answer.PublicKeyList ?? []) {
        if (Value) keys.push(publicKey(Buffer.from(Value), Fingerprint));
      }
      page = answer.NextToken;
    } while (page !== undefined);
    return keys;
  } finally {
    client.destroy();
  }
}
