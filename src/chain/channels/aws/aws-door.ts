import type { Network } from '../../../base/network.ts';
import { parseArn } from '../../../base/scope.ts';
import type { QueuePost } from '../../queues/enqueue.ts';
import { networkHandler } from './network-handler.ts';

/** The way to queues, functions and streams in real accounts. Rejects with what AWS's SDK throws. */
export interface AwsDoor {
  sendToQueue(queueArn: string, post: QueuePost): Promise<void>;
  /** Starts a function, as SNS does: without waiting for what it makes of the event. */
  startFunction(functionArn: string, event: string): Promise<void>;
  putRecord(streamArn: string, data: string): Promise<void>;
}

export interface AwsDoorSettings {
  readonly network: Network;
  /** Another address than AWS's own, for all services. */
  readonly endpoint?: string;
}

/**
 * Opens the way into AWS with the credentials that AWS's SDK finds by itself: environment, profile, role of the
 * machine. The SDK is loaded when it is first needed. It tries nothing twice: the outbox does.
 */
export function awsDoor({ network, endpoint }: AwsDoorSettings): AwsDoor {
  const configFor = (service: string, region: string) => ({
    region,
    // Given always: AWS_ENDPOINT_URL may well name this very engine.
    endpoint:
      endpoint ?? `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    maxAttempts: 1,
    requestHandler: networkHandler(network),
  });
  const clients = new Map<string, unknown>();
  const kept = <T>(key: string, make: () => T): T => {
    if (!clients.has(key)) clients.set(key, make());
    return clients.get(key) as T;
  };
  return {
    async sendToQueue(queueArn, { body, attributes, system }) {
      const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const { region, account, resource } = needArn(queueArn);
      const config = configFor('sqs', region);
      // A queue's own address need not be the one that is to be used.
      const client = kept(`sqs ${region}`, () => new SQSClient({ ...config, useQueueUrlAsEndpoint: false }));
      const { MessageGroupId, MessageDeduplicationId } = system ?? {};
      await client.send(
        new SendMessageCommand({
          QueueUrl: `${config.endpoint.replace(/\/$/, '')}/${account}/${resource}`,
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { type, value }]) => [
              name,
              type.startsWith('Binary')
                ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
                : { DataType: type, StringValue: value },
            ]),
          ),
          ...(MessageGroupId === undefined ? {} : { MessageGroupId }),
          ...(MessageDeduplicationId === undefined ? {} : { MessageDeduplicationId }),
        }),
      );
    },
    async startFunction(functionArn, event) {
      const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
      const { region } = needArn(functionArn);
      const client = kept(`lambda ${region}`, () => new LambdaClient(configFor('lambda', region)));
      await client.send(
        new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: Buffer.from(event) }),
      );
    },
    async putRecord(streamArn, data) {
      const { FirehoseClient, PutRecordCommand } = await import('@aws-sdk/client-firehose');
      const { region, resource } = needArn(streamArn);
      const client = kept(`firehose ${region}`, () => new FirehoseClient(configFor('firehose', region)));
      const DeliveryStreamName = resource.replace(/^deliverystream\//, '');
      await client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from(data) } }));
    },
  };
}

function needArn(text: string) {
  const arn = parseArn(text);
  if (!arn) throw new TypeError(`Not an ARN: ${text}`);
  return arn;
}
