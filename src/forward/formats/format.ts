import type { ForwardItem } from '../item.ts';

/** Turns an item into the text of it; undefined for what the format has no form for. */
export type Format = (item: ForwardItem) => string | undefined;
