import { readFileSync } from 'node:fs';
import { CloudWatchClient, ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  ListTagsForResourceCommand as ListTopicTags,
  SNSClient,
  TagResourceCommand as TagTopic,
} from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from 'vitest';
import { ownTags } from '../../src/chain/alarms/own-tags.ts';
import { CHAT_KINDS, channelTagProblem, PLAIN } from '../../src/chain/channels/chat/chat-kind.ts';
import { heartbeatTagProblem } from '../../src/chain/topics/heartbeats.ts';
import { REFERENCE_FILE } from '../../tools/make-reference.ts';
import { startEngine } from '../engine/start.ts';

interface Documented {
  readonly on: string;
  readonly key: string;
  readonly value: string;
}

/** Tags whose meaning names the other values that there are. */
const LISTS = ['trailbell:severity', 'trailbell:channel'];

/** Every tag of the table in the reference, and those that its text gives as examples. */
function documented(): Documented[] {
  const page = readFileSync(REFERENCE_FILE, 'utf8');
  const rows = [...page.matchAll(/^\| (alarm|topic) \| `(trailbell:[a-z0-9-]+)=([^`]+)` \| (.*) \|$/gm)];
  return rows.flatMap(([, on, key, value, meaning]) => {
    // A tag with a list of values names the others in its text.
    const listed = LISTS.includes(key!) ? [...meaning!.matchAll(/`([a-z-]+)`/g)].map(([, word]) => word!) : [];
    return [...new Set([value!, ...listed])].map((each) => ({ on: on!, key: key!, value: each }));
  });
}

/** AWS: letters, digits, blanks and _ . : / = + - @, a key of up to 128 and a value of up to 256 characters. */
const ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

describe('the documented tags', () => {
  let endpoint = '';
  beforeEach(async () => {
    endpoint = (await startEngine({ cis: true })).url;
  });
  const client = () => ({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
  });

  it('are those that the program knows', () => {
    const known = documented().map(({ key, value }) => `${key}=${value}`);
    expect(known).toContain('trailbell:ring=every-session');
    expect(known).toContain('trailbell:evaluate=on-schedule');
    expect(known).toContain('trailbell:evaluate=event-time');
    expect(known).toContain('trailbell:delivery=aws');
    expect(known).toContain('trailbell:severity=info');
    for (const tag of ['heartbeat', 'escalate-1', 'escalate-2', 'repeat', 'end', 'runbook'])
      expect(
        known.some((each) => each.startsWith(`trailbell:${tag}=`)),
        tag,
      ).toBe(true);
    for (const kind of [...CHAT_KINDS, PLAIN]) expect(known).toContain(`trailbell:channel=${kind}`);
    for (const { on, key, value } of documented()) {
      if (on === 'alarm') expect(ownTags({ [key]: value }).problems, `${key}=${value}`).toEqual([]);
      else
        for (const problemOf of [channelTagProblem, heartbeatTagProblem])
          expect(problemOf({ [key]: value }), `${key}=${value}`).toBeUndefined();
    }
  });

  it.each(documented())('$key=$value on an $on is written in the alphabet of AWS', ({ key, value }) => {
    expect(key).toMatch(ALPHABET);
    expect(value).toMatch(ALPHABET);
    expect(key.length).toBeLessThanOrEqual(128);
    expect(value.length).toBeLessThanOrEqual(256);
  });

  it('are taken by TagResource and listed again', async () => {
    const cloudwatch = new CloudWatchClient(client());
    const sns = new SNSClient(client());
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'tagged' }));
    const alarm = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:cis-4.3';
    for (const { on, key, value } of documented()) {
      const Tags = [{ Key: key, Value: value }];
      if (on === 'alarm') {
        await cloudwatch.send(new TagResourceCommand({ ResourceARN: alarm, Tags }));
        const listed = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: alarm }));
        expect(listed.Tags).toEqual(expect.arrayContaining(Tags));
      } else {
        await sns.send(new TagTopic({ ResourceArn: TopicArn, Tags }));
        const listed = await sns.send(new ListTopicTags({ ResourceArn: TopicArn }));
        expect(listed.Tags).toEqual(expect.arrayContaining(Tags));
      }
    }
  });
});
