import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setOperatorRouting, setPlaces } from "@agathaai/core/models";
import type { Db } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { type Log, log } from "@agathaai/core/platform/observability/log";
import { type Queue, queue } from "@agathaai/core/platform/queue/queue";
import { createQueuedEngine, type QueuedEngine } from "./queued-engine";

/** What every job of a process shares. */
export interface JobContext {
  db: Db;
  queue: Queue;
  engine: QueuedEngine;
  /** Names this process among all workers; a lease belongs to it. */
  owner: string;
  leaseMs: number;
  log: Log;
}

/** The process's own context, from its environment. */
export function createJobContext(): JobContext {
  const settings = env();
  setOperatorRouting(settings.MODEL_ROUTING);
  setPlaces(settings);
  return {
    db: db(),
    queue: queue(),
    engine: createQueuedEngine(settings, { log: log() }),
    owner: `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`,
    leaseMs: settings.WORKER_LEASE_MS,
    log: log(),
  };
}
