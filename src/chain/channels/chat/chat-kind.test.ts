import { describe, expect, it } from 'vitest';
import { channelTagProblem, chatKindOf, recognisedKind } from './chat-kind.ts';

const KEY = 'a'.repeat(32);

describe('an address', () => {
  it.each([
    ['https://hooks.slack.com/services/T000/B000/XXXX', 'slack'],
    ['https://hooks.slack-gov.com/services/T000/B000/XXXX', 'slack'],
    ['https://acme.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4', 'teams'],
    ['https://prod-01.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x', 'teams'],
    ['https://1.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/1?sig=x', 'teams'],
    ['https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t', 'google-chat'],
    ['https://discord.com/api/webhooks/123/tok-en_', 'discord'],
    ['https://canary.discord.com/api/v10/webhooks/123/token', 'discord'],
    [`https://events.pagerduty.com/v2/enqueue?routing_key=${KEY}`, 'pagerduty'],
    [`https://events.eu.pagerduty.com/v2/enqueue?routing_key=${KEY}`, 'pagerduty'],
  ])('%s is one of %s', (address, kind) => expect(recognisedKind(address)).toBe(kind));

  it.each([
    'http://hooks.slack.com/services/T000/B000/XXXX',
    'https://hooks.slack.com/triggers/T000/1/x',
    'https://hooks.slack.com.evil.example/services/T000/B000/XXXX',
    'https://evil.example/https://hooks.slack.com/services/T000/B000/XXXX',
    'https://hooks.slack.com@evil.example/services/T000/B000/XXXX',
    'https://evillogic.azure.com/workflows/1',
    'https://logic.azure.com/workflows/1',
    'https://discord.com/api/webhooks/123/token/slack',
    'https://discord.com/invite/x',
    'https://chat.googleapis.com/v1/spaces/AAA/members',
    `https://events.pagerduty.com/integration/${KEY}/enqueue`,
    'https://example.com/hook',
    'not an address',
  ])('%s is nothing special', (address) => expect(recognisedKind(address)).toBeUndefined());
});

describe('the format of a subscription', () => {
  const way = (endpoint: string, attributes: Record<string, string> = {}, protocol = 'https') => ({
    protocol,
    endpoint,
    attributes,
  });
  const slack = 'https://hooks.slack.com/services/T000/B000/XXXX';

  it('is what our own API was told, else what the address shows, else what the tag says', () => {
    const tags = { 'trailbell:channel': 'teams' };
    expect(chatKindOf(way('https://example.com/'), {})).toBeUndefined();
    expect(chatKindOf(way('https://example.com/'), tags)).toBe('teams');
    expect(chatKindOf(way('http://example.com/', {}, 'http'), tags)).toBe('teams');
    expect(chatKindOf(way(slack), tags)).toBe('slack');
    expect(chatKindOf(way(slack, { TrailbellChannel: 'json' }), tags)).toBe('json');
  });

  it("is SNS's own document where the tag says so, and where the tag says nothing known", () => {
    expect(chatKindOf(way(slack), { 'trailbell:channel': 'sns' })).toBeUndefined();
    expect(chatKindOf(way('https://example.com/'), { 'trailbell:channel': 'Slack' })).toBeUndefined();
    expect(channelTagProblem({ 'trailbell:channel': 'Slack' })).toContain('trailbell:channel=Slack is ignored');
    expect(channelTagProblem({ 'trailbell:channel': 'sns' })).toBeUndefined();
    expect(channelTagProblem({})).toBeUndefined();
  });

  it('is nothing for other protocols', () => {
    const tags = { 'trailbell:channel': 'slack' };
    for (const protocol of ['email', 'sqs']) expect(chatKindOf(way('x', {}, protocol), tags)).toBeUndefined();
  });
});
