import { Refusal } from '../../base/refusal.ts';

const MIB = 1024 * 1024;
/** Bytes of all bodies together, as sent and as inflated: what the largest single body may need. */
const MOST_BYTES = 128 * MIB;
const MOST_REQUESTS = 32;
/** Seconds after which a sender that was turned away should try again. */
export const TRY_AGAIN = 5;

/** What one request holds of the room. */
export interface Stay {
  /** Takes room for so many bytes more. @throws Refusal 503 where there is none */
  take(bytes: number): void;
  /** Gives all of it back. */
  leave(): void;
}

/**
 * Bounds what pushed bodies hold of memory: they are read as a whole, and stay until they are committed. Whoever finds no
 * room is told to come back, so that a store that is slow makes senders wait and not the engine fail.
 */
export class PushRoom {
  readonly #mostBytes: number;
  readonly #mostRequests: number;
  #bytes = 0;
  #requests = 0;

  constructor(mostBytes: number = MOST_BYTES, mostRequests: number = MOST_REQUESTS) {
    this.#mostBytes = mostBytes;
    this.#mostRequests = mostRequests;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a request whose body is said to have `expected` bytes. @throws Refusal 503 where there is no room */
  enter(expected: number): Stay {
    if (this.#requests >= this.#mostRequests || this.#bytes + expected > this.#mostBytes) throw this.#full();
    this.#requests += 1;
    let held = 0;
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > this.#mostBytes) throw this.#full();
        this.#bytes += bytes;
        held += bytes;
      },
      leave: () => {
        this.#requests -= 1;
        this.#bytes -= held;
        held = 0;
      },
    };
  }

  #full(): Refusal {
    const bytes = this.#mostBytes > 0 ? `, ${this.#mostBytes} bytes` : '';
    const said = `The engine has as many records under way as it may hold (${this.#mostRequests} requests${bytes}): send them again in ${TRY_AGAIN} seconds.`;
    return new Refusal('ServiceUnavailable', said, { status: 503 });
  }
}
