import { awsOutcome } from '../../chain/channels/aws/aws-outcome.ts';
import type { Outcome } from '../receiver.ts';

/** What AWS says of the content: too large, malformed. Everything else is for people to mend, or for time. */
const OF_CONTENT =
  /EntityTooLarge|RequestEntityTooLarge|InvalidInput|ValidationException|MalformedXML|SerializationException/;

/** Judges a call to AWS that failed. */
export function awsTrouble(error: unknown): Outcome {
  const { reason, text } = awsOutcome(error);
  const { name = '' } = error as { name?: string };
  if (OF_CONTENT.test(name)) return { result: 'refused', reason: 'rejected', text };
  return { result: 'retry', reason: reason === 'rejected' ? 'not-allowed' : reason, text };
}

/** Where a service of AWS is, always said: AWS_ENDPOINT_URL may well name this very engine. */
export const awsEndpoint = (service: string, region: string): string =>
  `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
