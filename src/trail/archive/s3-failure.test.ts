import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bucket, FinalError, MissingObject } from './bucket.ts';
import { s3Bucket, s3Client } from './s3-bucket.ts';

const USER = 'arn:aws:sts::111122223333:assumed-role/reader/trailbell-intake';
const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d';
const OBJECT = 'org/AWSLogs/o-abcdefghij/111122223333/CloudTrail/us-east-1/2026/03/04/x.json.gz';

const may = (action: string, resource: string, why: string): string =>
  `User: ${USER} is not authorized to perform: ${action} on resource: "${resource}" ${why}`;
const GET = ['s3:GetObject', `arn:aws:s3:::trail/${OBJECT}`] as const;

describe("a store's refusal", () => {
  let answer = { status: 200, code: '', message: '' };
  const server = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/xml' });
    const { code, message } = answer;
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${xmlText(message)}</Message></Error>`);
  });
  let bucket: Bucket;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    bucket = s3Bucket(s3Client({ endpoint, region: 'us-east-1', credentials }), 'trail');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function failureOf(status: number, code: string, message: string) {
    answer = { status, code, message };
    const error = await read(bucket).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FinalError);
    return (error as FinalError).failure;
  }

  it('is told with statements of its own partition', async () => {
    const why = 'because no identity-based policy allows the s3:GetObject action';
    for (const partition of ['aws-cn', 'aws-us-gov']) {
      const told = may('s3:GetObject', `arn:${partition}:s3:::trail/${OBJECT}`, why);
      const { statement = '' } = (await failureOf(403, 'AccessDenied', told)) ?? {};
      expect(statement).toContain(`"arn:${partition}:s3:::trail/`);
    }
  });

  it.each([
    [
      403,
      'AccessDenied',
      may(...GET, 'because no identity-based policy allows the s3:GetObject action'),
      'identity-policy',
    ],
    [
      403,
      'AccessDenied',
      may(...GET, 'because no resource-based policy allows the s3:GetObject action'),
      'bucket-policy',
    ],
    [403, 'AccessDenied', may(...GET, 'with an explicit deny in a resource-based policy'), 'bucket-policy'],
    [403, 'AccessDenied', may(...GET, 'with an explicit deny in a service control policy'), 'scp'],
    [403, 'AccessDenied', may(...GET, 'with an explicit deny in a resource control policy'), 'scp'],
    [
      403,
      'AccessDenied',
      may('kms:Decrypt', KEY, 'because no resource-based policy allows the kms:Decrypt action'),
      'key-policy',
    ],
    [
      403,
      'AccessDenied',
      may('kms:Decrypt', KEY, 'because no identity-based policy allows the kms:Decrypt action'),
      'key-policy',
    ],
    [
      403,
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      'key-policy',
    ],
    [403, 'AccessDenied', 'Access Denied', 'denied'],
    [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 'credentials'],
    [
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      'clock',
    ],
    [403, 'InvalidObjectState', "The operation is not valid for the object's storage class", 'archived'],
    [
      400,
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      'sse-c',
    ],
    [400, 'KMS.DisabledException', `${KEY} is disabled.`, 'key-unusable'],
    [
      400,
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      'wrong-region',
    ],
    [404, 'NoSuchBucket', 'The specified bucket does not exist', 'no-bucket'],
    [412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 'replaced'],
  ])('%i %s is told apart: %s', async (status, code, message, kind) => {
    expect((await failureOf(status, code, message))?.kind).toBe(kind);
  });

  it('names the statement that is missing, and the policy it goes into', async () => {
    const identity = await failureOf(
      403,
      'AccessDenied',
      may(...GET, 'because no identity-based policy allows the s3:GetObject action'),
    );
    expect(identity?.statement).toBe(
      'add to the reader\'s policy {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::trail/org/AWSLogs/*"}',
    );
    const ofBucket = await failureOf(
      403,
      'AccessDenied',
      may(...GET, 'because no resource-based policy allows the s3:GetObject action'),
    );
    expect(ofBucket?.statement).toBe(
      'add to the bucket policy {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/reader"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::trail/org/AWSLogs/*"}',
    );
    const ofKey = await failureOf(
      403,
      'AccessDenied',
      may('kms:Decrypt', KEY, 'because no resource-based policy allows the kms:Decrypt action'),
    );
    expect(ofKey?.statement).toContain(
      '"Principal":{"AWS":"arn:aws:iam::111122223333:role/reader"},"Action":"kms:Decrypt"',
    );
    const region = await failureOf(
      400,
      'AuthorizationHeaderMalformed',
      "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    );
    expect(region?.message).toBe('the bucket lies in eu-west-1: set "region": "eu-west-1"');
  });

  it('to look at an object is explained as one to read it: answers to HEAD say nothing', async () => {
    answer = {
      status: 403,
      code: 'AccessDenied',
      message: may(...GET, 'with an explicit deny in a service control policy'),
    };
    const error = await bucket.facts(OBJECT).catch((thrown: unknown) => thrown);
    expect((error as FinalError).failure?.kind).toBe('scp');
  });

  it('is no refusal where an object is not there, or where the store may recover', async () => {
    answer = { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' };
    await expect(read(bucket)).rejects.toThrow(MissingObject);
  });
});

async function read(bucket: Bucket): Promise<void> {
  for await (const _ of bucket.read(OBJECT, 0, undefined));
}

const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
