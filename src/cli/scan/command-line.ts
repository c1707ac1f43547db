/** What the report leaves out of the command that repeats it: how it was told and how fast. */
const OMITTED: ReadonlySet<string> = new Set(['json', 'workers', 'inflate', 'resume', 'report', 'events']);

/** The command line that asks the same question again, fit for a shell. */
export function commandLine(words: readonly string[], options: object): string {
  const parts = ['trailbell', 'scan', ...words.map(quoted)];
  for (const [name, value] of Object.entries(options)) {
    if (OMITTED.has(name) || value === undefined || value === false) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) parts.push(flag);
    else for (const each of Array.isArray(value) ? value : [value]) parts.push(flag, quoted(String(each)));
  }
  return parts.join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
