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
}

export const DEFAULT_LANES: LaneSettings = { quick: 128, slow: 128, width: 8, slowAfter: 1_000 };

interface Lane {
  running: number;
  width: number;
  poor: boolean;
}

/** A started attempt, to be ended with what came of it. */
export interface Passage {
  end(delivered: boolean): void;
}

/** Lanes remembered while nothing runs in them. */
const REMEMBERED = 10_000;

/**
 * Decides what may run beside what. Every endpoint has a lane of its own, which widens while it
 * answers quickly and narrows to one when it does not. Slow and failing lanes share a budget apart
 * from the quick ones, so that however many of them there are, a healthy endpoint never waits for one.
 */
export class Lanes {
  readonly #clock: Clock;
  readonly #settings: LaneSettings;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = { quick: 0, slow: 0 };

  constructor(clock: Clock, settings: LaneSettings = DEFAULT_LANES) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Whether an attempt to the endpoint may start now. */
  isOpen(endpoint: string): boolean {
    const lane = this.#lanes.get(endpoint);
    if (lane && lane.running >= lane.width) return false;
    const kind = lane?.poor ? 'slow' : 'quick';
    return this.#running[kind] < this.#settings[kind];
  }

  /** The known endpoints to which nothing may start now. */
  closed(): string[] {
    return [...this.#lanes.keys()].filter((endpoint) => !this.isOpen(endpoint));
  }

  start(endpoint: string): Passage {
    const lane = this.#lanes.get(endpoint) ?? { running: 0, width: 1, poor: false };
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
    });
    return {
      end: (delivered) => {
        timer.cancel();
        this.#running[kind] -= 1;
        lane.running -= 1;
        if (!delivered || late) worsen(lane);
        else this.#improve(lane);
        this.#forget();
      },
    };
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
