import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Pace } from '../audit/collect/pace.ts';
import { type Credentials, type OpenDoor, sdkDoor, type Wire } from '../audit/collect/sdk-door.ts';
import { roleCredentials } from '../audit/fleet/assume-role.ts';
import type { Target } from '../audit/fleet/targets.ts';
import { systemClock } from '../base/clock.ts';
import { CommandError, EXIT } from './terminal.ts';

/** Whose keys the audit begins with. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** `AWS`, or the address asked instead. */
  readonly endpoint: string;
  readonly door: OpenDoor;
}

export interface CallerOptions {
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly externalId?: string;
}

/** What an engine with `--auth off` takes for its default account. */
const NOBODY = { accessKeyId: '000000000000', secretAccessKey: 'unsigned' };

/**
 * Finds keys as every AWS program does (variables, profiles, SSO, processes, instance roles), and asks
 * whose they are.
 * @throws CommandError when there are none, or nobody answers
 */
export async function baseCaller(options: CallerOptions, wire: Wire, pace: Pace): Promise<Caller> {
  const endpointUrl = options.endpointUrl ?? process.env.AWS_ENDPOINT_URL;
  if (endpointUrl !== undefined && !/^https?:$/.test(URL.canParse(endpointUrl) ? new URL(endpointUrl).protocol : '')) {
    throw new CommandError(`--endpoint-url ${endpointUrl} is no address: write it like http://127.0.0.1:4780`);
  }
  const region = await regionFor(options);
  const credentials = keysFor(options, endpointUrl);
  const door = sdkDoor({ credentials, endpoint: endpointUrl }, wire);
  const endpoint = endpointUrl ?? 'AWS';
  try {
    const { Account = '', Arn = '' } = await pace.run(`caller/${region}`, 'sts:GetCallerIdentity', () =>
      door.call('sts:GetCallerIdentity', region, {}),
    );
    return { account: Account, arn: Arn, region, endpoint, door };
  } catch (error) {
    throw unanswered(error as Error, endpoint);
  }
}

/** The line that comes before anything else: who asks, and where. */
export const identityLine = ({ account, arn, region, endpoint }: Caller): string =>
  `account ${account}, caller ${arn}, region ${region}, endpoint ${endpoint}`;

/** The caller's own way, with a name and a version in the user agent, which CloudTrail records. */
export const markedDoor = (
  options: CallerOptions,
  { endpoint }: Caller,
  wire: Wire,
  userAgent: readonly [string, string],
): OpenDoor => {
  const asked = endpoint === 'AWS' ? undefined : endpoint;
  return sdkDoor({ credentials: keysFor(options, asked), endpoint: asked, userAgent }, wire);
};

/**
 * Nobody shall change an account that he did not mean.
 * @param what the option that changes it
 * @throws CommandError where the number is missing or another
 */
export function checkAccount(confirmed: string | undefined, { account }: Caller, what: string): void {
  if (confirmed === account) return;
  throw new CommandError(
    confirmed === undefined
      ? `${what} changes account ${account}: say so with --confirm-account ${account}`
      : `--confirm-account ${confirmed}, but these are the keys of account ${account}: nothing was changed`,
  );
}

/** The way into an account, by the caller's own keys or those of a role. */
export function doorInto(target: Target, caller: Caller, options: CallerOptions, wire: Wire, pace: Pace): OpenDoor {
  if (target.role === null) return caller.door;
  const entry = { role: target.role, externalId: options.externalId };
  const credentials = roleCredentials(entry, caller.door, pace, systemClock, caller.region);
  return sdkDoor({ credentials, endpoint: caller.endpoint === 'AWS' ? undefined : caller.endpoint }, wire);
}

async function regionFor({ region, profile }: CallerOptions): Promise<string> {
  if (region !== undefined) return region;
  const client = new STSClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    client.destroy();
  }
}

function keysFor({ profile }: CallerOptions, endpointUrl: string | undefined): Credentials {
  const found = defaultProvider({ ...(profile !== undefined && { profile }), maxRetries: 0, timeout: 1_000 });
  if (endpointUrl === undefined) return found;
  let isNobody = false;
  return async (given) => {
    if (isNobody) return NOBODY;
    try {
      return await found(given);
    } catch (error) {
      // A profile that was asked for must be there; without one, an engine may want no keys at all.
      if (profile !== undefined) throw error;
      isNobody = true;
      return NOBODY;
    }
  };
}

function unanswered(error: Error, endpoint: string): CommandError {
  const where = endpoint === 'AWS' ? 'AWS' : endpoint;
  if (error.name === 'CredentialsProviderError') {
    const fix = 'Set AWS_PROFILE or --profile, sign in ("aws sso login"), or export AWS_ACCESS_KEY_ID.';
    return new CommandError(`no AWS credentials were found (${error.message}). ${fix}`, EXIT.unfinished);
  }
  const why = error.message || (error as { code?: string }).code || error.name;
  return new CommandError(`${where} does not say who is calling: ${why}`, EXIT.unfinished);
}
