import { shownText } from './plain-text.ts';

/** Product tokens of browsers and what people call them; the order matters, as most of them also claim to be Chrome. */
const BROWSERS: readonly (readonly [token: string, name: string])[] = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Version/', 'Safari'],
];

const SYSTEMS: readonly (readonly [mark: string, name: string])[] = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
];

/** A user agent in a few words: `Chrome 120 on macOS`, `aws-cli/2.13.5`, `console.ec2.amazonaws.com`. */
export function shortUserAgent(value: unknown): string | undefined {
  const shown = shownText(value, 1024);
  // S3 writes the agent in brackets.
  const agent = shown?.startsWith('[') ? shown.slice(1).replace(/\]$/, '') : shown;
  if (!agent) return undefined;
  if (agent.startsWith('Mozilla/')) return browserOf(agent);
  const terraform = agent.split(' ').find((token) => token.startsWith('Terraform/'));
  return shownText((terraform ?? agent.split(/[ ,]/, 1)[0])?.trim() || agent, 60);
}

function browserOf(agent: string): string {
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1];
  const browser = BROWSERS.find(([token]) => agent.includes(token));
  const name = browser ? `${browser[1]} ${majorVersion(agent, browser[0])}`.trim() : 'a browser';
  return system ? `${name} on ${system}` : name;
}

function majorVersion(agent: string, token: string): string {
  const start = agent.indexOf(token) + token.length;
  return /^\d{1,4}/.exec(agent.slice(start, start + 4))?.[0] ?? '';
}
