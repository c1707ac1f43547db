const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a time such as `15m`, `4h` or `30d`; undefined for any other text. */
export function durationOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit ?? ''] ?? Number.NaN);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** `15 minutes`, `2 hours`, `3 days`: the largest unit that leaves nothing over. */
export function durationText(milliseconds: number): string {
  const [unit, name] =
    milliseconds % 86_400_000 === 0
      ? [86_400_000, 'day']
      : milliseconds % 3_600_000 === 0
        ? [3_600_000, 'hour']
        : [60_000, 'minute'];
  const count = Math.round(milliseconds / Number(unit));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
