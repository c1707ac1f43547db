import type { defaultProvider } from '@aws-sdk/credential-provider-node';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallName, Calls, Door } from './calls.ts';

/** Gives keys when asked, and new ones before the old expire; that of the SDK. */
export type Credentials = ReturnType<typeof defaultProvider>;

export interface SdkSettings {
  readonly credentials: Credentials;
  /** Where all services are asked; AWS's own addresses (and the SDK's variables for them) if not given. */
  readonly endpoint?: string | undefined;
  /** A name and a version added to the user agent of every call. */
  readonly userAgent?: readonly [string, string] | undefined;
}

/** A door that holds connections. */
export interface OpenDoor extends Door {
  close(): void;
}

interface Client {
  send(command: unknown): Promise<unknown>;
  destroy(): void;
}
type ClientClass = new (config: object) => Client;
type CommandClass = new (input: unknown) => unknown;

/** Loaded when first used: an audit of one control needs few of them. */
const SERVICES: Readonly<Record<string, () => Promise<readonly [unknown, object]>>> = {
  account: () => import('@aws-sdk/client-account').then((sdk) => [sdk.AccountClient, sdk]),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail').then((sdk) => [sdk.CloudTrailClient, sdk]),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch').then((sdk) => [sdk.CloudWatchClient, sdk]),
  events: () => import('@aws-sdk/client-eventbridge').then((sdk) => [sdk.EventBridgeClient, sdk]),
  kms: () => import('@aws-sdk/client-kms').then((sdk) => [sdk.KMSClient, sdk]),
  logs: () => import('@aws-sdk/client-cloudwatch-logs').then((sdk) => [sdk.CloudWatchLogsClient, sdk]),
  organizations: () => import('@aws-sdk/client-organizations').then((sdk) => [sdk.OrganizationsClient, sdk]),
  securityhub: () => import('@aws-sdk/client-securityhub').then((sdk) => [sdk.SecurityHubClient, sdk]),
  sqs: () => import('@aws-sdk/client-sqs').then((sdk) => [sdk.SQSClient, sdk]),
  sns: () => import('@aws-sdk/client-sns').then((sdk) => [sdk.SNSClient, sdk]),
  sts: () => import('@aws-sdk/client-sts').then((sdk) => [sdk.STSClient, sdk]),
};

/** Shared by all doors of a run: connections are many accounts' to use. */
export type Wire = NodeHttpHandler;

export const openWire = (connections: number): Wire =>
  new NodeHttpHandler({
    connectionTimeout: 5_000,
    requestTimeout: 20_000,
    httpAgent: { maxSockets: connections, keepAlive: true },
    httpsAgent: { maxSockets: connections, keepAlive: true },
  });

/** Calls AWS with its SDK. One attempt a call: `Pace` knows when to try again. */
export function sdkDoor(settings: SdkSettings, wire: Wire): OpenDoor {
  const { credentials, endpoint, userAgent } = settings;
  const clients = new Map<string, Client>();

  async function clientFor(service: string, region: string): Promise<readonly [Client, object]> {
    const [Class, sdk] = await SERVICES[service]!();
    const key = `${service}/${region}`;
    const known = clients.get(key);
    if (known) return [known, sdk];
    const client = new (Class as ClientClass)({
      region,
      credentials,
      maxAttempts: 1,
      requestHandler: wire,
      // The address of a queue may name another host than the one that was asked for.
      ...(endpoint !== undefined && { endpoint, useQueueUrlAsEndpoint: false }),
      ...(userAgent && { customUserAgent: [[...userAgent]] }),
    });
    clients.set(key, client);
    return [client, sdk];
  }

  return {
    async call<Name extends CallName>(name: Name, region: string, input: Calls[Name][0]): Promise<Calls[Name][1]> {
      const [service = '', operation = ''] = name.split(':');
      const [client, sdk] = await clientFor(service, region);
      const Command = (sdk as Record<string, CommandClass>)[`${operation}Command`]!;
      try {
        return (await client.send(new Command(input))) as Calls[Name][1];
      } catch (error) {
        throw endpoint === undefined ? error : ofOtherServer(error as Error);
      }
    },
    close() {
      // The wire is shared, and not ours to destroy: the clients merely forget it.
      clients.clear();
    },
  };
}

/**
 * Servers that are like AWS answer an operation that they do not have with a page for people. AWS never
 * does, so that this is asked of other endpoints alone: a page of a broken proxy must not look like absence.
 */
function ofOtherServer(error: Error): Error {
  const { statusCode } = (error as { $response?: { statusCode?: number } }).$response ?? {};
  const isPage = error.name === 'SyntaxError' && [404, 405, 500, 501].includes(statusCode ?? 0);
  return isPage ? Object.assign(new Error('The endpoint does not serve this.'), { name: 'NotImplemented' }) : error;
}
