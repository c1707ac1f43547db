import { durationOf } from '../../base/duration.ts';
import type { Network } from '../../base/network.ts';
import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { Publish } from '../../chain/topics/publication.ts';
import type { AcceptRecords } from '../../intake/accept-records.ts';
import { DrillSchedule } from '../drill/drill-schedule.ts';
import type { ServeOptions } from '../options.ts';
import type { EngineStatus } from '../status.ts';
import { OutsideHeartbeat } from './outside-heartbeat.ts';
import { Watchdog } from './watchdog.ts';

export interface WatchSettings {
  readonly context: ChainContext;
  readonly network: Network;
  readonly scope: Scope;
  readonly publish: Publish;
  readonly accept: AcceptRecords;
  readonly status: () => Promise<EngineStatus>;
}

export interface Watch {
  readonly heartbeat: OutsideHeartbeat | undefined;
  readonly drills: DrillSchedule | undefined;
  /** Resolves when the watchdog is not looking. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts what looks after the engine itself: the watchdog, drills on a schedule, the heartbeat to the outside. */
export async function startWatch(
  { drillEvery, heartbeatUrl, heartbeatEvery }: Pick<ServeOptions, 'drillEvery' | 'heartbeatUrl' | 'heartbeatEvery'>,
  { context, network, scope, publish, accept, status }: WatchSettings,
): Promise<Watch> {
  const watchdog = new Watchdog({ context, publish, scope, status });
  watchdog.start();
  const every = durationOf(drillEvery ?? '');
  const drills = every === undefined ? undefined : new DrillSchedule({ context, accept, scope, every });
  await drills?.start();
  const beats = durationOf(heartbeatEvery) ?? 60_000;
  const heartbeat = heartbeatUrl
    ? new OutsideHeartbeat({ context, network, url: heartbeatUrl, every: beats, status })
    : undefined;
  heartbeat?.start();
  return {
    heartbeat,
    drills,
    idle: () => watchdog.idle(),
    async stop() {
      await heartbeat?.stop();
      drills?.stop();
      await watchdog.stop();
    },
  };
}
