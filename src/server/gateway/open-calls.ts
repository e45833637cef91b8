import { AppError, type Principal, SECOND } from "@agathaai/core/platform";
import { Bag, type Bagged } from "@agathaai/core/platform/concurrency/bag";

/** A call whose answer is under way. */
export interface OpenCall extends Bagged {
  /** Asked every few seconds: when a sign of life can be sent. */
  tick(now: number): void;
  /** This process must stop. */
  endForShutdown(): void;
}

const TICK_MS = 5 * SECOND;
/** Few calls a minute may still be long ones, side by side. */
const LEAST_PER_CALLER = 20;

/**
 * The calls that this process is answering, readers of kept streams among them: each holds memory and a connection. One
 * caller may have as many open at once as their plan allows calls a minute, and all of them together `most`.
 */
export class OpenCalls {
  readonly #calls = new Bag<OpenCall>();
  readonly #byCaller = new Map<string, number>();
  readonly #idle: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #inside = 0;

  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  get size(): number {
    return this.#calls.size;
  }

  /** @throws AppError `rate_limit_exceeded`, `service_unavailable`. @returns the function that releases it. */
  enter(principal: Principal): () => void {
    const caller = principal.kind === "key" ? principal.apiKeyId : principal.userId;
    const open = this.#byCaller.get(caller) ?? 0;
    const most = Math.max(LEAST_PER_CALLER, principal.requestsPerMinute);
    if (open >= most) {
      throw new AppError("rate_limit_exceeded", {
        public: `Too many requests at once: ${most.toLocaleString("en-US")} of yours are running. Try again when one has ended.`,
        retryAfterSeconds: 1,
      });
    }
    if (this.#inside >= this.most) {
      throw new AppError("service_unavailable", {
        public: "This server is answering as many requests as it can hold. Send the request again.",
        retryAfterSeconds: 1,
      });
    }
    this.#inside += 1;
    this.#byCaller.set(caller, open + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#inside -= 1;
      const left = (this.#byCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#byCaller.delete(caller);
      else this.#byCaller.set(caller, left);
    };
  }

  add(call: OpenCall): void {
    this.#calls.add(call);
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const each of this.#calls) each.tick(now);
    }, TICK_MS).unref();
  }

  delete(call: OpenCall): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when none is left. Those that still run after `graceMs` are ended. */
  async drain(graceMs: number): Promise<void> {
    const cut = setTimeout(() => {
      for (const call of this.#calls) call.endForShutdown();
    }, graceMs);
    if (this.#calls.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(cut);
  }
}
