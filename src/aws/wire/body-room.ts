const MIB = 1024 * 1024;
/** Bytes of all larger bodies together. */
const MOST_BYTES = 256 * MIB;
/** Most calls are smaller: they are let in however many larger ones there are. */
const SMALL = 64 * 1024;

/** What the body of one request holds of the room. */
export interface BodyStay {
  /** Takes room for so many bytes more; false where there is none. */
  take(bytes: number): boolean;
  /** Gives all of it back. */
  leave(): void;
}

/** Bounds what the bodies of requests hold of memory: they are read as a whole, before it is known who sends them. */
export class BodyRoom {
  readonly #most: number;
  #held = 0;
  #refused = 0;

  constructor(most: number = MOST_BYTES) {
    this.#most = most;
  }

  /** Requests since the start for which there was no room. */
  get refused(): number {
    return this.#refused;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#held;
  }

  enter(): BodyStay {
    let [size, held] = [0, 0];
    return {
      take: (bytes) => {
        size += bytes;
        const more = size > SMALL ? size - held : 0;
        if (this.#held + more > this.#most) {
          this.#refused += 1;
          return false;
        }
        this.#held += more;
        held += more;
        return true;
      },
      leave: () => {
        this.#held -= held;
        held = 0;
      },
    };
  }
}
