import { Bag, type Bagged } from "../concurrency/bag";
import { singleton } from "../concurrency/singleton";
import { AppError } from "../errors";

/** Work that is silent for so long is looked into. */
const SILENT_MS = 70;
/** A server that does not answer the smallest statement by then hangs; one that is only slow does. */
const ANSWER_MS = 90;
/** A timer that comes later than this: the machine is short of time, and the server may be as well. */
const LATE_MS = 40;
const MAX_GRACES = 5;
const LOOK_AGAIN_MS = 250;
/** How often it is seen who has waited too long: one timer for all, because a call waits for several things. */
const BEAT_MS = 10;

interface Watched extends Bagged {
  lookAt: number;
  deadline: number;
  late(): unknown;
  reject(error: unknown): void;
}

const UNLIMITED = { ms: Number.POSITIVE_INFINITY, late: () => undefined };

/**
 * Tells a database that hangs from one that is slow: it takes connections and bytes, and answers nothing. Without it a caller
 * learns that only by a time-out of seconds.
 */
export class Pulse {
  #ping: (() => Promise<unknown>) | undefined;
  #looking: Promise<boolean> | undefined;
  #hangs = false;
  readonly #watched = new Bag<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** How to ask the server for a sign of life, on a connection that nothing slow runs on. */
  listen(ping: () => Promise<unknown>): void {
    this.#ping = ping;
  }

  get hangs(): boolean {
    return this.#hangs;
  }

  /**
   * The result of `work`, which itself is never stopped; `within` limits how long it is waited for.
   * @throws AppError `service_unavailable` as soon as it is known that the server does not answer.
   */
  watch<T>(work: Promise<T>, within?: { ms: number; late(): unknown }): Promise<T> {
    if (this.#ping === undefined && within === undefined) return work;
    return new Promise((resolve, reject) => {
      const now = performance.now();
      const { ms, late } = within ?? UNLIMITED;
      const watched: Watched = { slot: -1, lookAt: now + SILENT_MS, deadline: now + ms, late, reject };
      this.#watched.add(watched);
      this.#timer ??= setInterval(() => this.#beat(), BEAT_MS);
      work.then(
        (result) => {
          this.#watched.delete(watched);
          resolve(result);
        },
        (error: unknown) => {
          this.#watched.delete(watched);
          reject(error);
        },
      );
    });
  }

  #beat(): void {
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const now = performance.now();
    for (const watched of this.#watched) {
      if (now >= watched.deadline) {
        this.#watched.delete(watched);
        watched.reject(watched.late());
      } else if (now >= watched.lookAt && this.#ping !== undefined) {
        watched.lookAt = Number.POSITIVE_INFINITY;
        void this.#lookAfter(watched);
      }
    }
  }

  async #lookAfter(watched: Watched): Promise<void> {
    if (await this.#answers()) watched.lookAt = performance.now() + LOOK_AGAIN_MS;
    else if (this.#watched.delete(watched)) watched.reject(databaseHangs());
  }

  #answers(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    if (this.#hangs) return false;
    let answered = false;
    const answer = this.#ping?.().then(
      () => {
        answered = true;
        this.#hangs = false;
      },
      () => {
        this.#hangs = false;
      },
    );
    for (let graces = 0; graces <= MAX_GRACES; graces++) {
      const until = performance.now() + ANSWER_MS;
      await Promise.race([answer, sleep(ANSWER_MS)]);
      // An answer that arrived meanwhile is read before the verdict.
      await nextTurn();
      await nextTurn();
      if (answered || performance.now() < until + LATE_MS) break;
    }
    this.#hangs = !answered;
    // Whatever ends it, an answer or a broken connection: then it is away, not hanging.
    void answer?.finally(() => {
      this.#hangs = false;
    });
    return answered;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function databaseHangs(): AppError {
  return new AppError("service_unavailable", {
    public: "Temporarily unavailable. Nothing was billed. Try again in a moment.",
    internal: "PostgreSQL does not answer",
    retryAfterSeconds: 1,
  });
}

/** The pulse of this process's database. It starts with the first admitted call. */
export const pulse = singleton("database pulse", () => new Pulse());
