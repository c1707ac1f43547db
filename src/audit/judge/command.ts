/** An argument as a POSIX shell reads it. */
export const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** `aws sns subscribe --topic-arn …` for a region, its arguments quoted where they must be. */
export const awsCommand = (region: string, ...words: readonly string[]): string =>
  ['aws', '--region', region, ...words].map(quoted).join(' ');
