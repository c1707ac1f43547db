import { describe, expect, it } from 'vitest';
import { NoticeWorld, ScriptedChannel } from '../../test/chain/notice-world.ts';
import { sqliteStore } from '../../test/stores.ts';
import { consolePages } from '../console/console-pages.ts';
import { deliveriesApi } from './deliveries-api.ts';

const open = sqliteStore();
const HOOK = 'https://user:secret@example.com/hook';

async function withDeadLetters() {
  const world = new NoticeWorld(await open());
  await world.topic();
  const channel = new ScriptedChannel();
  const subscription = await world.subscribe('https', HOOK);
  await world.store.write(({ db }) => db.deleteFrom('deliveries').execute().then());
  channel.answer = () => ({ result: 'giveUp', reason: 'rejected', text: 'The endpoint answered 404' });
  world.start(channel);
  for (const text of ['one', 'two']) await world.say(text);
  await world.pass(0);
  const acknowledgeLinks = { path: () => '', isGenuine: () => false };
  const settings = {
    context: world.ctx,
    acknowledgeLinks,
    endpoint: () => '',
    mailConfigured: true,
    mailFolder: undefined,
  };
  return { world, channel, subscription, api: deliveriesApi(world.ctx), pages: consolePages(settings) };
}

const listed = async (api: ReturnType<typeof deliveriesApi>, query = '') => {
  const answer = await api.request(`/api/v1/deliveries${query}`);
  return ((await answer.json()) as { deliveries: Record<string, unknown>[] }).deliveries;
};

describe('what was given up', () => {
  it('is listed with its reason and without passwords', async () => {
    const { api, world } = await withDeadLetters();
    const dead = await listed(api);
    expect(dead).toMatchObject([
      { status: 'dead', reason: 'rejected', error: 'The endpoint answered 404', attempts: 1 },
      { status: 'dead' },
    ]);
    expect(JSON.stringify(dead)).not.toContain('secret');
    expect(await listed(api, '?status=waiting')).toEqual([]);
    await world.worker?.stop();
  });

  it('gets another chance, or is set aside, one by one', async () => {
    const { api, channel, world } = await withDeadLetters();
    const [second, first] = await listed(api);
    channel.answer = () => ({ result: 'delivered' });
    const post = (path: string) => api.request(`/api/v1/deliveries/${path}`, { method: 'POST' });
    expect(await (await post(`${String(first?.id)}/requeue`)).json()).toEqual({ count: 1 });
    expect(await (await post(`${String(second?.id)}/dismiss`)).json()).toEqual({ count: 1 });
    expect((await post(`${String(second?.id)}/requeue`)).status).toBe(404);
    await world.pass(0);
    expect((await world.deliveries()).map(({ status }) => status)).toEqual(['delivered', 'dismissed']);
    await world.worker?.stop();
  });

  it.each(['?status=lost', '?limit=0', '?limit=x'])('is not listed for %s', async (query) => {
    const { api, world } = await withDeadLetters();
    expect((await api.request(`/api/v1/deliveries${query}`)).status).toBe(400);
    await world.worker?.stop();
  });

  it('shows on the console with buttons for all of a subscription', async () => {
    const { pages, channel, subscription, world } = await withDeadLetters();
    const page = await (await pages.request('/console')).text();
    expect(page).toContain('The endpoint answered 404');
    expect(page).toContain('Try again');
    expect(page).not.toContain('secret');
    channel.answer = () => ({ result: 'delivered' });
    const body = new URLSearchParams({ subscription: subscription.id });
    const answer = await pages.request('/console/deliveries/requeue', { method: 'POST', body });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console']);
    await world.pass(0);
    expect((await world.deliveries()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    await world.worker?.stop();
  });
});
