import type pc from 'picocolors';
import type { ServeOptions } from './options.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** What a person sees when the engine is up: where things are, and what to try next. */
export function welcome(app: { url: string; notes: readonly string[] }, options: ServeOptions, colors: Colors): string {
  const aws = `aws --endpoint-url ${app.url} --region ${options.region}`;
  const topic = `arn:aws:sns:${options.region}:${options.defaultAccount}:trailbell-cis`;
  // The commands look at the usual port unless they are told.
  const there = app.url === 'http://127.0.0.1:4780' ? '' : ` --endpoint-url ${app.url}`;
  const lines = [
    '',
    `${colors.bold('Trailbell is listening.')} Rings appear here.`,
    '',
    `  AWS endpoint  ${colors.cyan(app.url)}   (--endpoint-url, or AWS_ENDPOINT_URL)`,
    `  Console       ${colors.cyan(`${app.url}/console`)}`,
    ...options.watch.map((dir) => `  Watching      ${dir}   (drop CloudTrail files here)`),
    '',
    'Try next:',
    `  bin/trailbell demo${there}                      ${colors.dim('# see a ring within seconds')}`,
    `  bin/trailbell status${there}                    ${colors.dim('# is every chain whole?')}`,
  ];
  if (options.cis !== false) {
    lines.push(
      `  ${aws} sns subscribe \\`,
      `    --topic-arn ${topic} --protocol email --notification-endpoint you@example.com`,
    );
  }
  for (const note of app.notes) lines.push(`${colors.yellow('!')} ${note}`);
  return `${lines.join('\n')}\n`;
}
