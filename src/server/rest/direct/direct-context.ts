import type { Db, Principal } from "@agathaai/core/platform";
import type { Queue } from "@agathaai/core/platform/queue/queue";
import type { Exchange } from "../../gateway/exchange";
import type { Lifecycle } from "../../http/lifecycle";
import type { Context, ResponseHeaders } from "../../trpc/context";

export interface DirectParts {
  db: Db;
  queue: Queue;
  lifecycle: Lifecycle;
}

/** A procedure's context over an exchange. Its signal is made when somebody asks for it: only a call that waits does. */
export class DirectContext implements Context {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly db: Db;
  readonly queue: Queue;
  readonly responseHeaders: ResponseHeaders;
  idempotencyKey: string | undefined;
  waitSeconds: number | undefined;
  fallback = true;
  readonly #lifecycle: Lifecycle;
  #controller: AbortController | undefined;

  constructor(
    private readonly exchange: Exchange,
    readonly principal: Principal | null,
    { db, queue, lifecycle }: DirectParts,
  ) {
    const { headers } = exchange;
    this.requestId = exchange.requestId;
    this.ip = exchange.ip;
    this.userAgent = exchange.incoming.headers["user-agent"];
    this.db = db;
    this.queue = queue;
    this.#lifecycle = lifecycle;
    const set = (name: string, value: string) => {
      headers[name] = value;
    };
    this.responseHeaders = { set, append: set };
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = this.#lifecycle.begin();
      const { outgoing } = this.exchange;
      if (outgoing.destroyed) controller.abort();
      outgoing.once("close", () => {
        this.#lifecycle.end(controller);
        // Once the response is complete, nothing is left to abort.
        if (!outgoing.writableFinished) controller.abort();
      });
      this.#controller = controller;
    }
    return this.#controller.signal;
  }
}
