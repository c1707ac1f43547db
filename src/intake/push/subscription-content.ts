import type { Stay } from './push-room.ts';
import { inflatedBody } from './pushed-body.ts';

/**
 * What a body holds for `readRecords`. The envelope in which CloudWatch Logs calls a Lambda function,
 * `{"awslogs": {"data": …}}`, holds the gzipped message in base64; all else is read as it is.
 */
export async function subscriptionContent(body: Buffer, stay: Stay): Promise<Buffer> {
  if (!/^\s*\{\s*"awslogs"/.test(body.toString('latin1', 0, 200))) return body;
  try {
    const { awslogs } = JSON.parse(body.toString('utf8')) as { awslogs?: { data?: unknown } };
    const data = awslogs?.data;
    if (typeof data !== 'string') return body;
    stay.take(Buffer.byteLength(data, 'base64'));
    return await inflatedBody(Buffer.from(data, 'base64'), stay);
  } catch (error) {
    // What is no JSON is told so by the reader of records.
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}
