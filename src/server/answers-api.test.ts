import { describe, expect, it } from 'vitest';
import { NOON, NoticeWorld } from '../../test/chain/notice-world.ts';
import { sqliteStore } from '../../test/stores.ts';
import { openAcknowledgeLinks } from '../chain/answers/acknowledge-links.ts';
import { consolePages } from '../console/console-pages.ts';
import { answersApi } from './answers-api.ts';

const open = sqliteStore();

async function withRing() {
  const world = new NoticeWorld(await open());
  await world.store.write(async ({ db }) => {
    await db
      .insertInto('rings')
      .values({
        id: 'ring-1',
        account: '111122223333',
        region: 'eu-west-1',
        alarm_name: 'root-used',
        kind: 'transition',
        old_state: 'OK',
        new_state: 'ALARM',
        at: NOON,
        headline: 'Root <of> 1111-2222-3333 did it',
        detail: '{}',
        published: '[]',
      })
      .execute();
  });
  const acknowledgeLinks = await openAcknowledgeLinks(world.ctx);
  const settings = {
    context: world.ctx,
    acknowledgeLinks,
    endpoint: () => '',
    mailConfigured: true,
    mailFolder: undefined,
  };
  const ring = () => world.store.read.selectFrom('rings').selectAll().executeTakeFirstOrThrow();
  return { world, ring, acknowledgeLinks, api: answersApi(world.ctx), pages: consolePages(settings) };
}

const json = (method: string, body: unknown) => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

describe('a ring', () => {
  it('is acknowledged by the API', async () => {
    const { api, ring } = await withRing();
    const answer = await api.request('/api/v1/rings/ring-1/acknowledge', json('POST', { by: 'Ada' }));
    expect(await answer.json()).toEqual({ acknowledgedAt: NOON, acknowledgedBy: 'Ada' });
    expect(await ring()).toMatchObject({ acknowledged_at: NOON, acknowledged_by: 'Ada' });
    expect((await api.request('/api/v1/rings/other/acknowledge', { method: 'POST' })).status).toBe(404);
    expect((await api.request('/api/v1/rings/ring-1/acknowledge', json('POST', { by: 7 }))).status).toBe(400);
  });

  it('is acknowledged by its link, on a click and not on a visit, and by nobody who made a link up', async () => {
    const { pages, ring, acknowledgeLinks } = await withRing();
    const path = acknowledgeLinks.path('ring-1');
    const shown = await (await pages.request(path)).text();
    expect(shown).toContain('Root &lt;of&gt; 1111-2222-3333 did it');
    expect(await ring()).toMatchObject({ acknowledged_at: null });
    const forged = await pages.request('/rings/acknowledge?ring=ring-1&key=0123456789abcdef0123456789abcdef');
    expect(forged.status).toBe(404);
    const { searchParams } = new URL(path, 'http://x');
    const click = (fields: Record<string, string>) =>
      pages.request('/rings/acknowledge', { method: 'POST', body: new URLSearchParams(fields) });
    expect((await click({ ring: 'ring-1', key: 'no', by: 'Eve' })).status).toBe(404);
    expect(await ring()).toMatchObject({ acknowledged_at: null });
    const done = await click({ ...Object.fromEntries(searchParams), by: 'Ada' });
    expect(await done.text()).toContain('By Ada');
    expect(await ring()).toMatchObject({ acknowledged_by: 'Ada' });
    expect(await (await pages.request(path)).text()).toContain('Acknowledged');
  });

  it('has the same link after a restart', async () => {
    const { world, acknowledgeLinks } = await withRing();
    expect((await openAcknowledgeLinks(world.ctx)).path('ring-1')).toBe(acknowledgeLinks.path('ring-1'));
  });

  it('is acknowledged by the button on its page', async () => {
    const { pages, ring } = await withRing();
    expect(await (await pages.request('/console/rings/ring-1')).text()).toContain('Acknowledge');
    const body = new URLSearchParams({ by: 'Ada' });
    const answer = await pages.request('/console/rings/ring-1/acknowledge', { method: 'POST', body });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console/rings/ring-1']);
    expect(await ring()).toMatchObject({ acknowledged_by: 'Ada' });
    expect(await (await pages.request('/console/rings/ring-1')).text()).toContain('Acknowledged by Ada');
  });
});

describe('a silence', () => {
  const wish = { matcher: { alarm: 'root-used' }, reason: 'planned work', owner: 'Ada', until: '4h' };

  it('is made, listed and ended by the API', async () => {
    const { api } = await withRing();
    const made = await api.request('/api/v1/silences', json('POST', wish));
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    expect(await (await api.request('/api/v1/silences')).json()).toMatchObject({ silences: [{ id, owner: 'Ada' }] });
    expect((await api.request(`/api/v1/silences/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await api.request(`/api/v1/silences/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect(await (await api.request('/api/v1/silences')).json()).toEqual({ silences: [] });
    expect(await (await api.request('/api/v1/silences?all=true')).json()).toMatchObject({ silences: [{ id }] });
  });

  it.each([{}, [], 7, { ...wish, until: 'soon' }])('of %j is refused with a sentence', async (body) => {
    const { api } = await withRing();
    const answer = await api.request('/api/v1/silences', json('POST', body));
    expect([answer.status, typeof ((await answer.json()) as { message: string }).message]).toEqual([400, 'string']);
  });

  it('is not read from a body without end', async () => {
    const { api } = await withRing();
    const answer = await api.request('/api/v1/silences', json('POST', { ...wish, reason: 'x'.repeat(20_000) }));
    expect(answer.status).toBe(413);
  });

  it('is made and ended on its page, which says what is missing', async () => {
    const { pages } = await withRing();
    const post = (path: string, fields: Record<string, string>) =>
      pages.request(path, { method: 'POST', body: new URLSearchParams(fields) });
    const wrong = await post('/console/silences', { reason: 'x', owner: 'Ada', until: '4h' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('matcher says which rings')]);
    const made = await post('/console/silences', {
      alarm: '<root>',
      account: '',
      reason: 'x',
      owner: 'Ada',
      until: '4h',
    });
    expect(made.status).toBe(303);
    const page = await (await pages.request('/console/silences')).text();
    expect(page).toContain('&lt;root&gt;');
    const [, id = ''] = /name="id" value="([^"]+)"/.exec(page) ?? [];
    await post('/console/silences/end', { id });
    expect(await (await pages.request('/console/silences')).text()).toContain('None in force');
  });
});
