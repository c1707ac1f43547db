import * as cloudtrailSdk from '@aws-sdk/client-cloudtrail';
import * as cloudwatchSdk from '@aws-sdk/client-cloudwatch';
import * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import * as snsSdk from '@aws-sdk/client-sns';
import * as sqsSdk from '@aws-sdk/client-sqs';
import * as stsSdk from '@aws-sdk/client-sts';
import {
  AwsJson1_0Protocol,
  AwsJson1_1Protocol,
  AwsQueryProtocol,
  AwsSmithyRpcV2CborProtocol,
} from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Gateway } from '../../src/aws/wire/gateway.ts';
import type { WireReply } from '../../src/aws/wire/request.ts';
import type { Protocol } from '../../src/aws/wire/service.ts';

/** What all the SDK's clients have in common, their types aside. */
export interface AnyClient {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

export type Sdk = Record<string, unknown>;

export const SDKS: Readonly<Record<string, Sdk>> = {
  logs: logsSdk,
  cloudwatch: cloudwatchSdk,
  sns: snsSdk,
  sqs: sqsSdk,
  cloudtrail: cloudtrailSdk,
  sts: stsSdk,
};

const CLIENTS: Readonly<Record<string, new (config: object) => AnyClient>> = {
  logs: logsSdk.CloudWatchLogsClient as never,
  cloudwatch: cloudwatchSdk.CloudWatchClient as never,
  sns: snsSdk.SNSClient as never,
  sqs: sqsSdk.SQSClient as never,
  cloudtrail: cloudtrailSdk.CloudTrailClient as never,
  sts: stsSdk.STSClient as never,
};

const PROTOCOLS: Readonly<Record<Protocol, unknown>> = {
  'json1.0': AwsJson1_0Protocol,
  'json1.1': AwsJson1_1Protocol,
  query: AwsQueryProtocol,
  cbor: AwsSmithyRpcV2CborProtocol,
};

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** A client of one service whose requests go straight into a gateway, without a socket. */
export function clientOf(
  service: string,
  protocol: Protocol,
  gateway: Gateway,
  credentials = { accessKeyId: '111122223333', secretAccessKey: 'secret' },
  seen: (reply: WireReply) => void = () => undefined,
): AnyClient {
  return new CLIENTS[service]!({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:9',
    maxAttempts: 1,
    credentials,
    protocol: PROTOCOLS[protocol],
    md5: false,
    requestHandler: {
      async handle(request: SdkRequest) {
        const query = new URLSearchParams(request.query ?? {}).toString();
        const reply = await gateway.handle({
          method: request.method,
          url: query === '' ? request.path : `${request.path}?${query}`,
          headers: Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          body: typeof request.body === 'string' ? Buffer.from(request.body) : new Uint8Array(request.body ?? []),
        });
        seen(reply);
        const body = new Blob([typeof reply.body === 'string' ? reply.body : new Uint8Array(reply.body)]).stream();
        return { response: { statusCode: reply.status, headers: { ...reply.headers }, body } };
      },
      metadata: {},
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
  });
}

/** The command of one operation. */
export function commandOf(service: string, operation: string, input: object): object {
  const Command = SDKS[service]![`${operation}Command`] as new (input: object) => object;
  return new Command(input);
}

/** Schemas straight from the SDK, so that an expectation does not pass through the code under test. */
export function schemasOf(service: string, operation: string): { input: NormalizedSchema; output: NormalizedSchema } {
  const tuple = SDKS[service]![`${operation}$`] as readonly unknown[];
  const schema = (part: unknown): NormalizedSchema =>
    NormalizedSchema.of((typeof part === 'function' ? part() : part) as never);
  return { input: schema(tuple[4]), output: schema(tuple[5]) };
}
