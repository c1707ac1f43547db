import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { EventItem, RingItem } from '../../src/forward/item.ts';
import { EventView } from '../../src/pattern/index.ts';
import { readRecords } from '../../src/trail/documents.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';

const data = fileURLToPath(new URL('../data/cloudtrail', import.meta.url));
export const SAMPLE_TIME = Date.UTC(2026, 2, 1, 12);

/** A log event on its way out. */
export const eventItem = (message: string, more: Partial<EventItem> = {}): EventItem => ({
  kind: 'event',
  id: `3${'0'.repeat(55)}`,
  at: SAMPLE_TIME,
  receivedAt: SAMPLE_TIME + 1_500,
  view: new EventView(message),
  account: '111122223333',
  region: 'us-east-1',
  logGroup: 'CloudTrail/logs',
  logStream: '111122223333_CloudTrail_us-east-1',
  filters: [],
  ...more,
});

/** Root signing in, counted by a metric filter. */
export const sampleMatch = (): EventItem => eventItem(rootSignIn(new Date(SAMPLE_TIME)), { filters: ['cis-4.3'] });

/** An IAM user who is refused a call. */
export const sampleRefusal = (): EventItem =>
  eventItem(
    JSON.stringify({
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:ci',
        arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
        accountId: '111122223333',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        sessionContext: { attributes: { creationDate: '2026-03-01T11:00:00Z', mfaAuthenticated: 'false' } },
      },
      eventTime: '2026-03-01T12:00:00Z',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: 'us-east-1',
      sourceIPAddress: '2001:db8::7',
      userAgent: 'aws-cli/2.15.0',
      errorCode: 'AccessDenied',
      errorMessage: 'User is not authorized to perform: iam:CreateUser',
      requestParameters: { userName: 'mallory' },
      responseElements: null,
      requestID: '0f0f0f0f-0000-4000-8000-000000000001',
      eventID: '5a1c0f0e-0000-4000-8000-000000000002',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: 'iam.amazonaws.com',
      },
    }),
  );

export const sampleRing = (more: Partial<RingItem['ring']> = {}): RingItem => ({
  kind: 'ring',
  id: '0b5e0f0e-0000-4000-8000-000000000003-17',
  at: SAMPLE_TIME + 2_000,
  isUpdate: false,
  ring: {
    id: '0b5e0f0e-0000-4000-8000-000000000003',
    account: '111122223333',
    region: 'us-east-1',
    alarm_name: 'cis-4.3',
    kind: 'transition',
    old_state: 'OK',
    new_state: 'ALARM',
    at: SAMPLE_TIME + 2_000,
    headline: 'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA',
    detail: JSON.stringify({
      ring: 'transition',
      severity: 'critical',
      runbook: 'https://wiki.example.com/root',
      sessions: [{ account: '111122223333', principal: 'root', events: 1 }],
      events: [{ eventId: '5a1c0f0e-0000-4000-8000-000000000001', action: 'signed in to the console' }],
    }),
    published: '[]',
    acknowledged_at: null,
    acknowledged_by: null,
    silenced_by: null,
    ...more,
  },
});

/** Of the real records that the tests have, some of each service, action, kind of caller and outcome. */
export async function realItems(): Promise<EventItem[]> {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.gz') && !entry.parentPath.includes('digest'))
    .map((entry) => join(entry.parentPath, entry.name));
  const kinds = new Map<string, EventItem>();
  for (const file of files)
    for await (const record of readRecords(createReadStream(file))) {
      if (record.kind === 'damage') continue;
      const item = eventItem(record.text, { filters: kinds.size % 5 === 0 ? ['x'] : [] });
      const { eventSource, eventName, errorCode, sourceIPAddress, userIdentity } = item.view.object ?? {};
      const { type } = (userIdentity ?? {}) as { type?: string };
      const from = typeof sourceIPAddress === 'string' && /^[\d.:a-f]+$/.test(sourceIPAddress) ? 'address' : 'name';
      kinds.set([eventSource, eventName, errorCode, type, from].join(' '), item);
    }
  return [...kinds.values()];
}

/** Records of the right shape with anything at all in their fields. */
export const hostileItems = (): fc.Arbitrary<EventItem> => {
  const names = [
    'eventName',
    'eventSource',
    'eventTime',
    'eventID',
    'eventType',
    'awsRegion',
    'sourceIPAddress',
    'userAgent',
    'errorCode',
    'errorMessage',
    'requestParameters',
    'responseElements',
    'recipientAccountId',
    'resources',
    'tlsDetails',
    'readOnly',
    'requestID',
    'additionalEventData',
  ];
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constant('10.0.0.1'), fc.constant(''));
  const identity = fc.oneof(
    value,
    fc.dictionary(fc.constantFrom('type', 'arn', 'accountId', 'userName', 'sessionContext'), value),
  );
  return fc
    .tuple(fc.dictionary(fc.constantFrom(...names), value), identity)
    .map(([record, userIdentity]) => eventItem(JSON.stringify({ eventName: 'X', userIdentity, ...record })));
};
