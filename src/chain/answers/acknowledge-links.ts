import { createHmac, timingSafeEqual } from 'node:crypto';
import { firstSetting, settingOf } from '../../store/settings.ts';
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

const storedKey = (ctx: ChainContext): Promise<string | undefined> => settingOf(ctx.store.read, SETTING);

const makeKey = (ctx: ChainContext): Promise<string> =>
  ctx.store.write((tx) => firstSetting(tx, SETTING, ctx.ids.hex(32)));
