import type { ChainContext } from '../../chain/context.ts';
import { sweepMarks } from '../object-marks.ts';
import { PUSH_SOURCE } from './push-api.ts';

/** EventBridge tries for a day, Firehose for two hours: what is older comes no second time. */
const KEPT = 3 * 86_400_000;
const AT_ONCE = 500;

/** Forgets pushed bodies that nobody will send again; true when there may be more of them. */
export const sweepPushed = ({ store, clock }: Pick<ChainContext, 'store' | 'clock'>): Promise<boolean> =>
  store.write((tx) => sweepMarks(tx, PUSH_SOURCE, clock.now() - KEPT, AT_ONCE));
