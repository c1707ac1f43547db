import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { acknowledge } from '../chain/answers/acknowledge.ts';
import { ACKNOWLEDGE_PAGE, type AcknowledgeLinks } from '../chain/answers/acknowledge-links.ts';
import { endSilence } from '../chain/answers/silences.ts';
import { CONFIRM_PAGE, UNSUBSCRIBE_PAGE } from '../chain/channels/links.ts';
import type { ChainContext } from '../chain/context.ts';
import { deadLetters } from '../chain/deliveries/dead-letters.ts';
import { dismiss, requeue } from '../chain/deliveries/requeue.ts';
import { chainStates } from '../chain/health/chain-states.ts';
import type { ForwardState } from '../forward/forward-states.ts';
import {
  acknowledgeByClick,
  acknowledgePage,
  END_SILENCE,
  SILENCES,
  silenceByForm,
  silencesPage,
} from './answer-pages.ts';
import { mailListPage, mailPage } from './mail-pages.ts';
import { DISMISS, overviewPage, REQUEUE } from './overview.ts';
import { page } from './page.ts';
import { messagesOf, ringPage } from './ring-page.ts';
import { type Answer, confirmByClick, confirmPage, unsubscribeByClick, unsubscribePage } from './subscription-pages.ts';

export interface ConsoleSettings {
  readonly context: ChainContext;
  /** How rings are acknowledged by a link. */
  readonly acknowledgeLinks: AcknowledgeLinks;
  /** Base of the commands shown as fixes. */
  readonly endpoint: () => string;
  readonly mailConfigured: boolean;
  readonly forwards?: (() => Promise<readonly ForwardState[]>) | undefined;
  /** Where mails are kept; undefined when they are sent. */
  readonly mailFolder: string | undefined;
}

/** Everything on these pages is text of ours or escaped; scripts are not needed, so none may run. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The pages for people: last rings, chains, kept mails, and what mails link to. */
export function consolePages(settings: ConsoleSettings): Hono {
  const { context, mailFolder, acknowledgeLinks } = settings;
  const { read } = context.store;
  const answer = (c: Context, { status, body }: Answer) => c.html(body, status);
  const missing = (c: Context) =>
    answer(c, {
      status: 404,
      body: page('Not found', html`<h1>Not found</h1><p><a href="/console">Rings and chains</a></p>`),
    });

  return new Hono()
    .use(async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    })
    .get('/', (c) => c.redirect('/console'))
    .get('/console', async (c) => {
      const [rings, chains, dead, setAside] = await Promise.all([
        read
          .selectFrom('rings')
          .select(['id', 'at', 'alarm_name', 'kind', 'new_state', 'headline', 'acknowledged_by', 'silenced_by'])
          .orderBy('at', 'desc')
          .limit(30)
          .execute(),
        chainStates(read, {
          endpoint: settings.endpoint(),
          mailConfigured: settings.mailConfigured,
          now: context.clock.now(),
        }),
        deadLetters(read, 30),
        read
          .selectFrom('intake_objects')
          .select(['object', 'error'])
          .where('status', 'in', ['damaged', 'dead'])
          .orderBy('updated_at', 'desc')
          .limit(30)
          .execute(),
      ]);
      return c.html(overviewPage(rings, chains, dead, setAside, await settings.forwards?.()));
    })
    .post(REQUEUE, async (c) => {
      await requeue(context, { subscriptionId: await field(c, 'subscription') });
      return c.redirect('/console', 303);
    })
    .post(DISMISS, async (c) => {
      await dismiss(context, { subscriptionId: await field(c, 'subscription') });
      return c.redirect('/console', 303);
    })
    .get('/console/rings/:id', async (c) => {
      const ring = await read.selectFrom('rings').selectAll().where('id', '=', c.req.param('id')).executeTakeFirst();
      if (!ring) return missing(c);
      const messages = messagesOf(ring);
      const deliveries =
        messages.length === 0
          ? []
          : await read
              .selectFrom('deliveries')
              .select(['protocol', 'endpoint', 'status', 'attempts', 'reason', 'error', 'finished_at'])
              .where('message_id', 'in', messages)
              .orderBy('id')
              .limit(200)
              .execute();
      const silence =
        ring.silenced_by === null
          ? undefined
          : await read.selectFrom('silences').selectAll().where('id', '=', ring.silenced_by).executeTakeFirst();
      return c.html(ringPage(ring, deliveries, silence));
    })
    .post('/console/rings/:id/acknowledge', async (c) => {
      const id = c.req.param('id');
      if (!(await acknowledge(context, id, await field(c, 'by')))) return missing(c);
      return c.redirect(`/console/rings/${id}`, 303);
    })
    .get(ACKNOWLEDGE_PAGE, async (c) =>
      answer(c, await acknowledgePage(context, acknowledgeLinks, c.req.query('ring') ?? '', c.req.query('key') ?? '')),
    )
    .post(ACKNOWLEDGE_PAGE, async (c) =>
      answer(c, await acknowledgeByClick(context, acknowledgeLinks, await fields(c))),
    )
    .get(SILENCES, async (c) => c.html(await silencesPage(context)))
    .post(SILENCES, async (c) => {
      const problem = await silenceByForm(context, await fields(c));
      return problem === '' ? c.redirect(SILENCES, 303) : c.html(await silencesPage(context, problem), 400);
    })
    .post(END_SILENCE, async (c) => {
      await endSilence(context, await field(c, 'id'));
      return c.redirect(SILENCES, 303);
    })
    .get('/console/mail', async (c) => c.html(await mailListPage(mailFolder)))
    .get('/console/mail/:name', async (c) => {
      const found = await mailPage(mailFolder, c.req.param('name'));
      return found ? c.html(found) : missing(c);
    })
    .get(CONFIRM_PAGE, async (c) => answer(c, await confirmPage(context, c.req.query('token') ?? '')))
    .post(CONFIRM_PAGE, async (c) => answer(c, await confirmByClick(context, await field(c, 'token'))))
    .get(UNSUBSCRIBE_PAGE, async (c) => answer(c, await unsubscribePage(context, c.req.query('subscription') ?? '')))
    .post(UNSUBSCRIBE_PAGE, async (c) =>
      answer(c, await unsubscribeByClick(context, c.req.query('subscription') ?? (await field(c, 'subscription')))),
    )
    .all('*', (c) =>
      c.req.path.startsWith('/api/') ? c.json({ message: 'There is no such route.' }, 404) : missing(c),
    );
}

async function field(c: Context, name: string): Promise<string> {
  return (await fields(c))[name] ?? '';
}

async function fields(c: Context): Promise<Record<string, string>> {
  const texts = Object.entries(await c.req.parseBody()).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
