/**
 * Where an event stands: by its time, then by the order of arrival, as AWS sorts log events.
 * `chunk` numbers rise with arrival; `index` counts inside one chunk.
 */
export interface EventPosition {
  readonly at: number;
  readonly chunk: number;
  readonly index: number;
}

/** Negative when `a` comes first, zero when they are the same event. */
export const comparePositions = (a: EventPosition, b: EventPosition): number =>
  a.at - b.at || a.chunk - b.chunk || a.index - b.index;

const DIGITS = /^3(\d{15})0{14}(\d{16})(\d{10})$/;

/**
 * The event's id: 56 digits, as AWS's are, sortable by position. It is derived and not stored, so that
 * an event has the same id wherever it is met.
 */
export const eventIdOf = ({ at, chunk, index }: EventPosition): string =>
  `3${digits(at, 15)}${'0'.repeat(14)}${digits(chunk, 16)}${digits(index, 10)}`;

/** The position that `id` was made of; undefined when it is no id of ours. */
export function positionOf(id: string): EventPosition | undefined {
  const [, at, chunk, index] = DIGITS.exec(id) ?? [];
  return at ? { at: Number(at), chunk: Number(chunk), index: Number(index) } : undefined;
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
