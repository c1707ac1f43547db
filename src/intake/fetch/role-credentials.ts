import type { S3ClientSettings } from '../../trail/archive/s3-bucket.ts';
import { roleArnOf, type S3Failure } from '../../trail/archive/s3-failure.ts';

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
  readonly failure: S3Failure;

  constructor(failure: S3Failure) {
    super(failure.message);
    this.failure = failure;
  }
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
      throw new NoEntry(entryFailure(error as StsError, role, externalId));
    } finally {
      client.destroy();
    }
  };
}

interface StsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Why STS does not give the role, and which statements it lacks where that is the reason. */
export function entryFailure({ name, message, $metadata }: StsError, role: string, externalId?: string): S3Failure {
  const failed = `${role} cannot be taken on`;
  if (name === 'CredentialsProviderError')
    return {
      kind: 'credentials',
      message: `${failed}: the engine has no credentials of its own: export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status < 400 || status >= 500)
    return { kind: 'unreachable', message: `${failed}: STS does not answer (${message})` };
  const [, user] = /User: (\S+) is not authorized to perform: sts:AssumeRole/.exec(message) ?? [];
  if (user === undefined) return { kind: 'credentials', message: `${failed} (${name}: ${message})` };
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: roleArnOf(user) },
    Action: 'sts:AssumeRole',
    ...(externalId !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  };
  const own = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role };
  return {
    kind: 'credentials',
    message: `${failed}: ${user} may not call sts:AssumeRole on it, or with another external id`,
    statement: `add to the trust policy of the role ${JSON.stringify(trust)}, and to the policy of ${roleArnOf(user)} ${JSON.stringify(own)}`,
  };
}
