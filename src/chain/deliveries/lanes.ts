import type { Clock, Timer } from '../../base/clock.ts';

export interface LaneSettings {
  /** Attempts that may run at once to endpoints that answer quickly, or are not known yet. */
  readonly quick: number;
  /** The same for endpoints that are slow or failing. */
  readonly slow: number;
  /** At most so many at once to one endpoint. */
  readonly width: number;
  /** Milliseconds after which an attempt is slow. */
  readonly slowAfter: number;
  /** Milliseconds that an endpoint is left alone after it failed; twice as long each time, up to the longest. */
  readonly rest: number;
  readonly longestRest: number;
}

export const DEFAULT_LANES: LaneSettings = {
  quick: 128,
  slow: 128,
  width: 8,
  slowAfter: 1_000,
  rest: 500,
  longestRest: 60_000,
};

interface Lane {
  running: number;
  width: number;
  poor: boolean;
  /** Failures in a row that asked for a rest. */
  failures: number;
  restsUntil: number;
}

/** A started attempt, to be ended with what came of it. */
export interface Passage {
  /** Leaves the endpoint alone for a while, at least for so long; for so many milliseconds as it gives back. */
  rest(atLeast: number): number;
  end(delivered: boolean): void;
}

/** Lanes remembered while nothing runs in them. */
const REMEMBERED = 10_000;

/**
 * Decides what may run beside what. Every endpoint has a lane of its own, which widens while it
 * answers quickly, narrows to one when it does not, and rests between failures. Slow and failing lanes
 * share a budget apart from the quick ones, so that however many of them there are, a healthy endpoint
 * never waits for one.
 */
export class Lanes {
  readonly #clock: Clock;
  readonly #settings: LaneSettings;
  readonly #onRoom: () => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = { quick: 0, slow: 0 };

  /** @param onRoom is told when a slow attempt gets out of the way of the quick ones */
  constructor(clock: Clock, settings: LaneSettings = DEFAULT_LANES, onRoom: () => void = () => undefined) {
    this.#clock = clock;
    this.#settings = settings;
    this.#onRoom = onRoom;
  }

  /** Whether an attempt to the endpoint may start now. */
  isOpen(endpoint: string): boolean {
    return this.room(endpoint) > 0;
  }

  /** How many attempts to the endpoint may start now. */
  room(endpoint: string): number {
    const lane = this.#lanes.get(endpoint);
    const kind = lane?.poor ? 'slow' : 'quick';
    if (lane && lane.restsUntil > this.#clock.now()) return 0;
    const inLane = lane ? lane.width - lane.running : 1;
    return Math.max(0, Math.min(inLane, this.#settings[kind] - this.#running[kind]));
  }

  /** Whether either budget is used up, so that any end makes room for any endpoint. */
  get isFull(): boolean {
    return this.#running.quick >= this.#settings.quick || this.#running.slow >= this.#settings.slow;
  }

  /** The known endpoints to which nothing may start now. */
  closed(): string[] {
    return [...this.#lanes.keys()].filter((endpoint) => !this.isOpen(endpoint));
  }

  /** When the next of the resting endpoints may be tried again. */
  nextAt(now: number): number | undefined {
    let next: number | undefined;
    for (const { restsUntil } of this.#lanes.values()) {
      if (restsUntil > now && (next === undefined || restsUntil < next)) next = restsUntil;
    }
    return next;
  }

  /** @param isKnownBad of an endpoint that failed before this process began */
  start(endpoint: string, isKnownBad = false): Passage {
    const lane = this.#lanes.get(endpoint) ?? {
      running: 0,
      width: 1,
      poor: isKnownBad,
      failures: 0,
      restsUntil: 0,
    };
    this.#lanes.delete(endpoint);
    this.#lanes.set(endpoint, lane);
    lane.running += 1;
    let kind: 'quick' | 'slow' = lane.poor ? 'slow' : 'quick';
    let late = false;
    this.#running[kind] += 1;
    const timer: Timer = this.#clock.after(this.#settings.slowAfter, () => {
      late = true;
      this.#running[kind] -= 1;
      kind = 'slow';
      this.#running.slow += 1;
      worsen(lane);
      this.#onRoom();
    });
    return {
      rest: (atLeast) => this.#rest(lane, atLeast),
      end: (delivered) => {
        timer.cancel();
        this.#running[kind] -= 1;
        lane.running -= 1;
        if (delivered) lane.failures = 0;
        if (!delivered || late) worsen(lane);
        else this.#improve(lane);
        this.#forget();
      },
    };
  }

  #rest(lane: Lane, atLeast: number): number {
    const { rest, longestRest } = this.#settings;
    const now = this.#clock.now();
    // Attempts that ran beside each other and failed together are one failure.
    if (lane.restsUntil <= now) {
      lane.failures += 1;
      lane.restsUntil = now + Math.min(longestRest, rest * 2 ** Math.min(lane.failures - 1, 20));
    }
    lane.restsUntil = Math.max(lane.restsUntil, now + atLeast);
    return lane.restsUntil - now;
  }

  #improve(lane: Lane): void {
    lane.poor = false;
    lane.width = Math.min(this.#settings.width, lane.width + 1);
  }

  #forget(): void {
    if (this.#lanes.size <= REMEMBERED) return;
    for (const [endpoint, lane] of this.#lanes) {
      if (lane.running > 0) continue;
      this.#lanes.delete(endpoint);
      return;
    }
  }
}

function worsen(lane: Lane): void {
  lane.poor = true;
  lane.width = 1;
}
