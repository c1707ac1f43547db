import type { S3ClientSettings } from '../../trail/archive/s3-bucket.ts';

export interface Entry {
  readonly region: string;
  readonly role?: string | undefined;
  readonly externalId?: string | undefined;
  /** Of STS; AWS's own if not given. */
  readonly stsEndpoint?: string | undefined;
}

/** The role of a source cannot be taken on. */
export class NoEntry extends Error {
  override readonly name = 'CredentialsProviderError';
}

/**
 * Credentials of the role that a source is read with; undefined where AWS's usual ones are to be used. The SDK asks
 * again before they expire.
 */
export function credentialsFor({
  region,
  role,
  externalId,
  stsEndpoint,
}: Entry): S3ClientSettings['credentials'] | undefined {
  if (role === undefined) return undefined;
  return async () => {
    const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const client = new STSClient({ region, ...(stsEndpoint && { endpoint: stsEndpoint }) });
    try {
      const { Credentials: keys } = await client.send(
        new AssumeRoleCommand({
          RoleArn: role,
          RoleSessionName: 'trailbell-intake',
          ...(externalId && { ExternalId: externalId }),
        }),
      );
      return {
        accessKeyId: keys?.AccessKeyId ?? '',
        secretAccessKey: keys?.SecretAccessKey ?? '',
        ...(keys?.SessionToken && { sessionToken: keys.SessionToken }),
        ...(keys?.Expiration && { expiration: keys.Expiration }),
      };
    } catch (error) {
      const { message } = error as Error;
      throw new NoEntry(`${role} cannot be taken on (${message}): its trust policy must allow sts:AssumeRole`);
    } finally {
      client.destroy();
    }
  };
}
