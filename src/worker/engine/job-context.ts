import type { Db } from "@agathaai/core/platform/db/client";
import type { Log } from "@agathaai/core/platform/observability/log";
import type { Queue } from "@agathaai/core/platform/queue/queue";
import type { Providers } from "./providers/registry";

/** What every job of a process shares. */
export interface JobContext {
  db: Db;
  queue: Queue;
  providers: Providers;
  /** Names this process among all workers; a lease belongs to it. */
  owner: string;
  leaseMs: number;
  providerTimeoutMs: number;
  log: Log;
}
