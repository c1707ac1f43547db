import { readFileSync } from 'node:fs';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it, vi } from 'vitest';
import type { Hindsight } from '../../src/audit/hindsight/hindsight.ts';
import { readScenario } from '../../src/audit/state.ts';
import { awsClients, refusal } from '../clients/aws-clients.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { command } from '../public-face/command.ts';
import { buildState } from './build-state.ts';

const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as { scenarios: unknown[] };

it('what root did is looked up, and hindsight says that the bell rang for it', { timeout: 60_000 }, async () => {
  const engine = await startEngine();
  await buildState(engine.url, readScenario(scenarios[0]));
  const { logs, cloudtrail } = awsClients(engine.url);
  const group = { logGroupName: 'CloudTrail/logs', logStreamName: 's' };
  await logs.send(new CreateLogStreamCommand(group));
  const at = new Date();
  const sent = [1, 2].map((n) => rootSignIn(at, `5a1c0f0e-0000-4000-8000-00000000000${n}`));
  const other = rootSignIn(at, 'other').replace('"us-east-1"', '"eu-west-1"');
  const logEvents = [...sent, sent[0]!, other].map((message) => ({ timestamp: at.getTime(), message }));
  await logs.send(new PutLogEventsCommand({ ...group, logEvents }));

  const looked = await cloudtrail.send(new LookupEventsCommand({ MaxResults: 1 }));
  expect(looked.Events).toHaveLength(1);
  expect(looked.Events?.[0]).toMatchObject({ EventName: 'ConsoleLogin', Username: 'root', ReadOnly: 'false' });
  const ids = new Set<string>();
  let token: string | undefined;
  do {
    const page = await cloudtrail.send(new LookupEventsCommand({ MaxResults: 1, NextToken: token }));
    for (const { EventId = '' } of page.Events ?? []) ids.add(EventId);
    token = page.NextToken;
  } while (token !== undefined);
  expect([...ids].sort()).toEqual([1, 2].map((n) => `5a1c0f0e-0000-4000-8000-00000000000${n}`));
  const named = (key: string, value: string) =>
    cloudtrail
      .send(new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: key as never, AttributeValue: value }] }))
      .then(({ Events = [] }) => Events.length);
  expect(await named('Username', 'root')).toBe(2);
  expect(await named('Username', 'alice')).toBe(0);
  expect(await named('EventName', 'ConsoleLogin')).toBe(2);
  const refused = (input: object) => refusal(cloudtrail.send(new LookupEventsCommand(input)));
  const attribute = { AttributeKey: 'EventName', AttributeValue: 'x' };
  expect(await refused({ LookupAttributes: [attribute, attribute] })).toBe('InvalidLookupAttributesException');
  expect(await refused({ StartTime: at, EndTime: new Date(0) })).toBe('InvalidTimeRangeException');
  expect(await refused({ NextToken: 'nonsense' })).toBe('InvalidNextTokenException');

  vi.stubEnv('AWS_ACCESS_KEY_ID', '111122223333');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  const audit = ['audit', '--json', '--endpoint-url', engine.url, '--control', 'root-usage', '--hindsight'];
  await vi.waitFor(
    async () => {
      const { out } = await command(...audit);
      const [past] = (JSON.parse(out) as { hindsight: Hindsight[] }).hindsight;
      expect(past).toMatchObject({ account: '111122223333', rang: 1, missed: 0, uses: [{ outcome: 'rang' }] });
    },
    { timeout: 20_000, interval: 500 },
  );
  vi.unstubAllEnvs();
});
