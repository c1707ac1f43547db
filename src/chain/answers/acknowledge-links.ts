import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AcknowledgePath } from '../channels/links.ts';
import type { ChainContext } from '../context.ts';

export const ACKNOWLEDGE_PAGE = '/rings/acknowledge';

/** Links on which a ring can be acknowledged by whoever was sent one, without any other key. */
export interface AcknowledgeLinks {
  readonly path: AcknowledgePath;
  /** Whether `key` came from us, for this ring. */
  isGenuine(ringId: string, key: string): boolean;
}

const SETTING = 'acknowledge-key';

/** The links of this store; the key that signs them is made on first use and kept. */
export async function openAcknowledgeLinks(ctx: ChainContext): Promise<AcknowledgeLinks> {
  const key = (await storedKey(ctx)) ?? (await makeKey(ctx));
  const sign = (ringId: string): string => createHmac('sha256', key).update(ringId).digest('hex').slice(0, 32);
  return {
    path: (ringId) => `${ACKNOWLEDGE_PAGE}?ring=${encodeURIComponent(ringId)}&key=${sign(ringId)}`,
    isGenuine(ringId, shown) {
      const [given, right] = [Buffer.from(shown), Buffer.from(sign(ringId))];
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}

async function storedKey(ctx: ChainContext): Promise<string | undefined> {
  const row = await ctx.store.read.selectFrom('settings').select('value').where('key', '=', SETTING).executeTakeFirst();
  return row?.value;
}

function makeKey(ctx: ChainContext): Promise<string> {
  const value = ctx.ids.hex(32);
  return ctx.store.write(async ({ db }) => {
    await db
      .insertInto('settings')
      .values({ key: SETTING, value })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const kept = await db.selectFrom('settings').select('value').where('key', '=', SETTING).executeTakeFirstOrThrow();
    return kept.value;
  });
}
