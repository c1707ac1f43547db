import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { onTestFinished } from 'vitest';

/** The protocols that CloudWatch's clients speak, each the only one of some SDK in use. */
export const CLOUDWATCH_PROTOCOLS = {
  json: AwsJson1_0Protocol,
  query: AwsQueryProtocol,
  cbor: AwsSmithyRpcV2CborProtocol,
} as const;

export type CloudWatchProtocol = keyof typeof CLOUDWATCH_PROTOCOLS;

export interface AwsClientSettings {
  /** What CloudWatch is spoken to in; the SDK's own choice unless given. */
  readonly cloudwatch?: CloudWatchProtocol;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface AwsClients {
  readonly logs: CloudWatchLogsClient;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly cloudtrail: CloudTrailClient;
  readonly sts: STSClient;
}

/** The SDK's clients of every service, as a program would make them; closed after the test. */
export function awsClients(endpoint: string, settings: AwsClientSettings = {}): AwsClients {
  const { cloudwatch: protocol, region = 'us-east-1' } = settings;
  const credentials = settings.credentials ?? { accessKeyId: '111122223333', secretAccessKey: 'any' };
  // One attempt: a retry would hide a fault.
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  const clients = {
    logs: new CloudWatchLogsClient(config),
    cloudwatch: new CloudWatchClient(
      protocol ? { ...config, protocol: CLOUDWATCH_PROTOCOLS[protocol] as never } : config,
    ),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    cloudtrail: new CloudTrailClient(config),
    sts: new STSClient(config),
  };
  onTestFinished(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return clients;
}

/** An answer without what the SDK notes about the call itself. */
export async function plain<T extends { $metadata: unknown }>(answer: Promise<T>): Promise<Omit<T, '$metadata'>> {
  const { $metadata: _, ...rest } = await answer;
  return rest;
}

/** How a refused call looks to a program: its error's name, and the code that Query clients compare. */
export const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: Error) => error.name,
  );
