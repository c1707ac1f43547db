import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { ChainContext } from '../../chain/context.ts';
import { page, timeText } from '../../console/page.ts';
import { confirmReceipt, expectReceipt, type Receipt, receiptFor, receiptOf } from './receipts.ts';

/** Open to whoever has the link. */
export const RECEIPT_PAGE = '/drills/receipt';

export interface ReceiptApiSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids'>;
  readonly publicUrl: () => string;
}

/**
 * `POST /api/v1/receipts?expect=NAME` asks for a receipt and answers with the link that proves it;
 * `GET /api/v1/receipts/ID` says whether it has come. The link is a page with a button for a person, and
 * takes a POST of a machine.
 */
export function receiptApi({ context, publicUrl }: ReceiptApiSettings): Hono {
  return new Hono()
    .post('/api/v1/receipts', async (c) => {
      const expect = c.req.query('expect') ?? '';
      if (expect.trim() === '') return c.json({ message: 'expect names whoever is to confirm' }, 400);
      const { key, ...receipt } = await expectReceipt(context, expect);
      const callback = `${publicUrl()}${RECEIPT_PAGE}?id=${receipt.id}&key=${key}`;
      return c.json({ ...receipt, callback }, 201);
    })
    .get('/api/v1/receipts/:id', async (c) => {
      const receipt = await receiptOf(context.store.read, c.req.param('id'));
      return receipt ? c.json(receipt) : c.json({ message: 'there is no such receipt' }, 404);
    })
    .get(RECEIPT_PAGE, async (c) => {
      const { id, key } = shownBy(c);
      const receipt = await receiptFor(context.store.read, id, key);
      if (!receipt) return c.html(wrong(), 404);
      return c.html(receipt.confirmedAt === null ? asking(receipt, key) : thanks(receipt));
    })
    .post(RECEIPT_PAGE, async (c) => {
      const form = isForm(c) ? ((await c.req.parseBody()) as Record<string, unknown>) : {};
      const by = typeof form.by === 'string' ? form.by : (c.req.query('by') ?? '');
      const receipt = await confirmReceipt(context, { ...shownBy(c), by });
      return receipt ? c.html(thanks(receipt)) : c.html(wrong(), 404);
    });
}

const shownBy = (c: Context): { id: string; key: string } => ({
  id: c.req.query('id') ?? '',
  key: c.req.query('key') ?? '',
});

/** A SIEM posts whatever it wants, and as much. */
const MOST_BYTES = 10_000;
const isForm = (c: Context): boolean =>
  (c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded') &&
  Number(c.req.header('content-length') ?? MOST_BYTES + 1) <= MOST_BYTES;

const wrong = () =>
  page('No such drill', html`<h1>This link leads to no drill</h1><p>It may be older than drills are kept.</p>`);

/** Scanners open links, people press buttons. */
const asking = ({ id, expect, createdAt }: Receipt, key: string) =>
  page(
    'A drill',
    html`<h1>Did the drill arrive at ${expect}?</h1><p class="soft">It was held at ${timeText(createdAt)}.</p>
<form method="post" action="${RECEIPT_PAGE}?id=${id}&amp;key=${key}">
<label>Your name <input name="by" maxlength="100" required></label> <button>It arrived</button></form>`,
  );

const thanks = ({ expect, confirmedAt, confirmedBy }: Receipt) =>
  page(
    'Confirmed',
    html`<h1>The drill has arrived at ${expect}</h1><p>Confirmed by ${confirmedBy}, ${timeText(confirmedAt ?? 0)}.</p>`,
  );
