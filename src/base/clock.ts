/** A pending timer that can be called off. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. All times are integer milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
  /** Runs `action` once, `delay` milliseconds from now. Never keeps the process alive by itself. */
  after(delay: number, action: () => void): Timer;
}

/** Node refuses longer timers and fires them at once instead. */
const LONGEST_TIMER = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, delay), LONGEST_TIMER));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves after `delay` milliseconds of `clock` time. */
export const sleep = (clock: Clock, delay: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delay, resolve);
  });
