/** Lets in as much at a time as there is room for; whoever brings more waits for his turn. */
export class Room {
  readonly #size: number;
  #used = 0;
  readonly #waiting: { readonly weight: number; readonly enter: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when there is room, with what leaves it again. What is too large for the room enters it alone. */
  async enter(weight: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(weight))
      await new Promise<void>((enter) => this.#waiting.push({ weight, enter }));
    else this.#used += weight;
    return () => this.#leave(weight);
  }

  #fits(weight: number): boolean {
    return this.#used === 0 || this.#used + weight <= this.#size;
  }

  #leave(weight: number): void {
    this.#used -= weight;
    for (let first = this.#waiting[0]; first && this.#fits(first.weight); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += first.weight;
      first.enter();
    }
  }
}
