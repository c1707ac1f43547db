import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventItem,
  hostileItems,
  realItems,
  sampleMatch,
  sampleRefusal,
  sampleRing,
} from '../../../../test/forward/items.ts';
import { OCSF_SCHEMA_VERSION, type OcsfEvent, ocsfFaults } from '../../../../test/forward/ocsf-schema.ts';
import type { EventItem, ForwardItem } from '../../item.ts';
import { ocsfEvent } from './ocsf.ts';

const parsed = (item: ForwardItem): OcsfEvent => JSON.parse(ocsfEvent(item)) as OcsfEvent;
const faultsOf = (item: ForwardItem): unknown[] => ocsfFaults(parsed(item));

describe('OCSF', () => {
  it('is that of the version which events name', () => {
    expect(parsed(sampleMatch())).toMatchObject({ metadata: { version: OCSF_SCHEMA_VERSION } });
  });

  it('fits the published schema with every real record, with rings of all kinds, and with other log events', async () => {
    const items = [
      ...(await realItems()),
      sampleRing(),
      { ...sampleRing(), isUpdate: true },
      sampleRing({ acknowledged_at: 1, acknowledged_by: 'Ann' }),
      sampleRing({ new_state: 'OK', old_state: 'ALARM' }),
      sampleRing({ silenced_by: 'x' }),
      eventItem('plain'),
      eventItem('{"a":1}', { account: '', region: '', logGroup: '' }),
    ];
    for (const item of items) expect(faultsOf(item)).toEqual([]);
    const seen = new Set(items.map((item) => parsed(item).class_uid));
    expect(seen).toEqual(new Set([6003, 3002, 2004, 0]));
  });

  it('loses no text of a record: what has no place of its own is unmapped', async () => {
    const lost = (item: EventItem): string[] => {
      const kept = new Set(textsIn(parsed(item)));
      return textsIn(item.view.object).filter((text) => !kept.has(text));
    };
    const signIn = sampleMatch();
    const strange = (more: object): EventItem => eventItem(JSON.stringify({ ...sampleRefusal().view.object, ...more }));
    const resources = [{ ARN: 'arn:aws:s3:::a', type: 'AWS::S3::Bucket', accountId: '1' }];
    for (const item of [
      ...(await realItems()),
      signIn,
      eventItem(
        JSON.stringify({ ...signIn.view.object, eventName: 'UserAuthentication', requestParameters: { a: 'b' } }),
      ),
      strange({ userAgent: { browser: 'x' }, requestID: ['y'], errorCode: { code: 'z' } }),
      strange({ resources: [{ accountId: 'no ARN' }] }),
      strange({ resources: [{ ...resources[0], resourceName: 'more than expected' }] }),
      strange({ resources: Array.from({ length: 60 }, (_, index) => ({ ARN: `arn:${index}` })) }),
    ])
      expect(lost(item)).toEqual([]);
    expect(parsed(strange({ resources })).unmapped).not.toHaveProperty('resources');
  });

  it('fits whatever a record holds', () => {
    fc.assert(
      fc.property(hostileItems(), (item) => {
        expect(faultsOf(item)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps every member of a record, in its place or in unmapped', () => {
    const item = sampleRefusal();
    const event = parsed(item);
    expect(event).toMatchObject({
      class_uid: 6003,
      activity_name: 'Create',
      status: 'Failure',
      status_code: 'AccessDenied',
      actor: { user: { name: 'deploy (session ci)', type: 'User' }, session: { is_mfa: false } },
      api: {
        operation: 'CreateUser',
        service: { name: 'iam.amazonaws.com' },
        request: { data: { userName: 'mallory' } },
      },
      src_endpoint: { ip: '2001:db8::7' },
      http_request: { user_agent: 'aws-cli/2.15.0' },
      unmapped: { userIdentity: { type: 'AssumedRole' }, tlsDetails: { tlsVersion: 'TLSv1.3' }, readOnly: false },
    });
  });

  it('tells a sign-in of root as a logon of an admin without MFA', () => {
    expect(parsed(sampleMatch())).toMatchObject({
      class_uid: 3002,
      activity_name: 'Logon',
      is_mfa: false,
      user: { name: 'root', type: 'Admin' },
      severity: 'Medium',
      metadata: { labels: ['metric-filter:cis-4.3'] },
    });
  });

  it('looks like the samples of the manual', async () => {
    const pretty = (item: ForwardItem): string => `${JSON.stringify(parsed(item), null, 2)}\n`;
    const file = (name: string): string => `../../../../docs/forwards/ocsf-${name}.json`;
    await expect(pretty(sampleRefusal())).toMatchFileSnapshot(file('api-activity'));
    await expect(pretty(sampleMatch())).toMatchFileSnapshot(file('authentication'));
    await expect(pretty(sampleRing())).toMatchFileSnapshot(file('detection-finding'));
  });
});

/** All texts that a value holds, at whatever depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
