/** A text of at most `most` characters; what is cut off shows by its end. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half of a character outside the basic plane is none.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** As many whole lines as fit into `most` characters, and how many more there are. */
export function fitting(lines: readonly string[], most: number): string {
  const whole = lines.join('\n');
  if (whole.length <= most) return whole;
  const room = most - 30;
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > room) break;
    kept.push(line);
    length += line.length + 1;
  }
  if (kept.length === 0) return cut(lines[0] ?? '', most);
  return [...kept, `… ${lines.length - kept.length} more lines`].join('\n');
}
