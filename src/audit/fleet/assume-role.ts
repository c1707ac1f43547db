import type { Clock } from '../../base/clock.ts';
import type { Door } from '../collect/calls.ts';
import type { Pace } from '../collect/pace.ts';
import type { Credentials } from '../collect/sdk-door.ts';

const EARLY = 5 * 60_000;

export interface Entry {
  readonly role: string;
  readonly externalId?: string | undefined;
}

/** Keys of a role, asked for when first needed and again before they expire. */
export function roleCredentials(entry: Entry, door: Door, pace: Pace, clock: Clock, region: string): Credentials {
  type Keys = Awaited<ReturnType<Credentials>>;
  let held: Promise<Keys> | undefined;
  let until = 0;
  const enter = async (): Promise<Keys> => {
    const { Credentials: keys } = await pace.run(`entry/${region}/sts:AssumeRole`, 'sts:AssumeRole', () =>
      door.call('sts:AssumeRole', region, {
        RoleArn: entry.role,
        RoleSessionName: 'trailbell-audit',
        ...(entry.externalId !== undefined && { ExternalId: entry.externalId }),
      }),
    );
    until = keys?.Expiration?.getTime() ?? clock.now() + EARLY * 2;
    return {
      accessKeyId: keys?.AccessKeyId ?? '',
      secretAccessKey: keys?.SecretAccessKey ?? '',
      ...(keys?.SessionToken !== undefined && { sessionToken: keys.SessionToken }),
      ...(keys?.Expiration && { expiration: keys.Expiration }),
    };
  };
  return () => {
    if (held === undefined || clock.now() > until - EARLY) {
      until = Number.POSITIVE_INFINITY;
      held = enter();
      held.catch(() => {
        held = undefined;
      });
    }
    return held;
  };
}
