import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallName } from '../../src/audit/collect/calls.ts';

const TARGETS: Readonly<Record<string, string>> = {
  CloudTrail_20131101: 'cloudtrail',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'cloudwatch',
  AWSEvents: 'events',
  AWSOrganizationsV20161128: 'organizations',
  TrentService: 'kms',
};

/** One call of AWS's SDK: whose access key signed it (an account's id is one), where, and what it asks. */
export interface AwsCall {
  readonly account: string;
  readonly region: string;
  readonly name: CallName;
  readonly input: object;
}

/**
 * A server on a loopback port that reads the audit's calls in the protocols of AWS's services and writes what `answer`
 * gives, or throws, as those services write it.
 */
export async function serveCalls(answer: (call: AwsCall) => Promise<object>) {
  const server = createServer((request, response) => void serve(request, response, answer));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** What AssumeRole answers here: keys by which the role's account is known. */
export function keysOfRole(input: object, now: number): object {
  const AccessKeyId = String((input as { RoleArn?: string }).RoleArn).split(':')[4] ?? '';
  const Expiration = new Date(now + 3_600_000);
  return { Credentials: { AccessKeyId, SecretAccessKey: 'any', SessionToken: 'any', Expiration } };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (call: AwsCall) => Promise<object>,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const call = calledBy(request, Buffer.concat(parts).toString('utf8'));
  const isQuery = /^(sns|sts):/.test(call.name);
  const operation = call.name.split(':')[1];
  try {
    const output = await answer(call);
    if (!isQuery) return void response.setHeader('content-type', 'application/x-amz-json-1.1').end(json(output));
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${operation}Response><${operation}Result>${xml(output)}</${operation}Result></${operation}Response>`,
    );
  } catch (error) {
    const { name, message } = error as Error;
    response.statusCode = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 400;
    if (isQuery)
      response.end(
        `<ErrorResponse><Error><Code>${QUERY_CODES[name] ?? name}</Code><Message>${xml(message)}</Message></Error></ErrorResponse>`,
      );
    else response.setHeader('x-amzn-errortype', name).end(JSON.stringify({ __type: name, message }));
  }
}

/** What Query services call their errors on the wire, where the SDK gives them another name. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  AuthorizationErrorException: 'AuthorizationError',
  NotFoundException: 'NotFound',
};

function calledBy(request: IncomingMessage, body: string): AwsCall {
  const [, account = '', region = '', signed = ''] =
    /Credential=(\d+)\/\d+\/([a-z0-9-]+)\/([a-z]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const [prefix = '', operation = ''] = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .slice(-2);
  if (operation !== '')
    return { account, region, name: `${TARGETS[prefix]}:${operation}` as CallName, input: JSON.parse(body || '{}') };
  if (request.url === '/listRegions') return { account, region, name: 'account:ListRegions', input: {} };
  if (request.url?.startsWith('/accounts')) return { account, region, name: 'securityhub:DescribeHub', input: {} };
  const form = new URLSearchParams(body);
  return { account, region, name: `${signed}:${form.get('Action')}` as CallName, input: Object.fromEntries(form) };
}

/** Query services answer XML: structures, maps and lists as SNS and STS write them. */
function xml(value: unknown, tag = ''): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) {
    return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (tag === 'Attributes')
    return entries.map(([key, item]) => `<entry><key>${key}</key><value>${xml(item)}</value></entry>`).join('');
  return entries.map(([key, item]) => `<${key}>${xml(item, key)}</${key}>`).join('');
}

const json = (value: object): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    return this[key] instanceof Date ? (this[key] as Date).getTime() / 1_000 : plain;
  });
