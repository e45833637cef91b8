import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
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

/**
 * Tells a database that hangs from one that is slow: it takes connections and bytes, and answers nothing. Without it a caller
 * learns that only by a time-out of seconds.
 */
export class Pulse {
  #ping: (() => Promise<unknown>) | undefined;
  #looking: Promise<boolean> | undefined;
  #hangs = false;

  /** How to ask the server for a sign of life, on a connection that nothing slow runs on. */
  listen(ping: () => Promise<unknown>): void {
    this.#ping = ping;
  }

  get hangs(): boolean {
    return this.#hangs;
  }

  /** @throws AppError `service_unavailable` as soon as it is known that the server does not answer. The work itself is not stopped. */
  watch<T>(work: Promise<T>): Promise<T> {
    if (this.#ping === undefined) return work;
    return new Promise((resolve, reject) => {
      let ended = false;
      const look = async () => {
        if (await this.#answers()) {
          if (!ended) timer = setTimeout(look, LOOK_AGAIN_MS);
        } else reject(databaseHangs());
      };
      let timer = setTimeout(look, SILENT_MS);
      const end = () => {
        ended = true;
        clearTimeout(timer);
      };
      work.then(
        (result) => {
          end();
          resolve(result);
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
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
      await Promise.race([answer, sleep(ANSWER_MS, undefined, { ref: false })]);
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

export function databaseHangs(): AppError {
  return new AppError("service_unavailable", {
    public: "Temporarily unavailable. Nothing was billed. Try again in a moment.",
    internal: "PostgreSQL does not answer",
    retryAfterSeconds: 1,
  });
}

/** The pulse of this process's database. It starts with the first admitted call. */
export const pulse = singleton("database pulse", () => new Pulse());
