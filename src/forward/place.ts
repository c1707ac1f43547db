/** How far a forward is: with `part` events of the chunk (or ring change) `position`, and with all before it. */
export interface Place {
  readonly position: number;
  readonly part: number;
}

/** More events than a chunk can hold: done with all of them. */
export const WHOLE = 2_147_483_647;

/** What of the past a forward was not asked for: up to chunk `end`, what happened before `from`. */
export interface Backlog {
  readonly end: number;
  readonly from: number;
}

export const isSame = (a: Place, b: Place): boolean => a.position === b.position && a.part === b.part;
