import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { snsHandlers } from '../../src/aws/sns/handlers.ts';
import { sqsHandlers } from '../../src/aws/sqs/handlers.ts';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { Protocol } from '../../src/aws/wire/service.ts';
import { clientOf } from '../wire/sdk-clients.ts';
import type { NoticeWorld } from './notice-world.ts';

/** A gateway before the notification end of the chain, as the program builds it. */
export function noticeGateway(world: NoticeWorld): Gateway {
  const { ctx, publish } = world;
  return new Gateway({
    handlers: {
      sns: snsHandlers({ chain: ctx, publish }),
      sqs: sqsHandlers({ chain: ctx, publicUrl: () => 'http://bell.example' }),
    },
    clock: ctx.clock,
    ids: ctx.ids,
    log: ctx.log,
    defaults: { account: '000000000000', region: 'us-east-1' },
  });
}

export const snsClient = (gateway: Gateway): SNSClient => clientOf('sns', 'query', gateway) as unknown as SNSClient;

/** @param account of the caller, who does not sign */
export const sqsClient = (gateway: Gateway, protocol: Protocol = 'json1.0', account = '111122223333'): SQSClient =>
  clientOf('sqs', protocol, gateway, { accessKeyId: account, secretAccessKey: 'secret' }) as unknown as SQSClient;

/** Opens a link as a browser or a mail scanner does: a bare GET, unsigned. */
export async function openLink(gateway: Gateway, link: string): Promise<{ status: number; body: string }> {
  const { pathname, search } = new URL(link);
  const reply = await gateway.handle({
    method: 'GET',
    url: pathname + search,
    headers: { host: 'bell.example' },
    body: new Uint8Array(),
  });
  return { status: reply.status, body: String(reply.body) };
}
