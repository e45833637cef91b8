/** Work that nobody awaits, but that must finish before the process ends. */
export class InFlight {
  #running = 0;
  #idle: (() => void)[] = [];

  get size(): number {
    return this.#running;
  }

  /** `work` must not reject: its rejection would be unhandled. */
  add(work: Promise<void>): void {
    this.#running += 1;
    void work.finally(() => {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  /** Resolves when nothing is running, including work that was added meanwhile. */
  async settle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
}
