import type { Db, Principal } from "@agathaai/core/platform";
import type { Queue } from "@agathaai/core/platform/queue/queue";

/** The part of `Headers` that procedures use. */
export type ResponseHeaders = Pick<Headers, "set" | "append">;

/** What a procedure knows of its call, whichever face it came through. */
export interface Context {
  principal: Principal | null;
  requestId: string;
  /** The caller's own address, as far as trusted proxies vouch for it. */
  ip: string;
  userAgent: string | undefined;
  idempotencyKey: string | undefined;
  /** From `Prefer: wait=N`: how many seconds the caller would like to wait for the result. */
  waitSeconds: number | undefined;
  /** False, by `x-agatha-fallback: off`: no other model than the one asked for may answer. */
  fallback: boolean;
  /** Aborts when the caller hangs up or this process must stop: end what is only waiting, never what is committing. */
  signal: AbortSignal;
  db: Db;
  queue: Queue;
  /** Headers of the response, on success and on failure. */
  responseHeaders: ResponseHeaders;
}
