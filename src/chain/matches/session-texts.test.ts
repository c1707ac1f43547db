import { expect, it } from 'vitest';
import type { SessionState } from '../../trail/session-state.ts';
import { SESSIONS } from './session-texts.ts';

const state = (id: string, events: number) => ({ id, events, addresses: ['192.0.2.1'] }) as unknown as SessionState;

it('reads every text as what it says, whatever was written or forgotten meanwhile', () => {
  const texts: string[] = [];
  for (let i = 0; i < 5_000; i += 1) texts.push(SESSIONS.write(state(`s${i % 100}`, i)));
  texts.push(JSON.stringify(state('unknown', 1)));
  for (const text of texts) expect(SESSIONS.read(text)).toEqual(JSON.parse(text));
});
