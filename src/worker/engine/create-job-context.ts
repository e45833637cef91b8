import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import { queue } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "./job-context";
import { createProviders } from "./providers/registry";

/** The process's own context, from its environment. */
export function createJobContext(): JobContext {
  const settings = env();
  return {
    db: db(),
    queue: queue(),
    providers: createProviders(settings),
    owner: `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`,
    leaseMs: settings.WORKER_LEASE_MS,
    providerTimeoutMs: settings.PROVIDER_TIMEOUT_MS,
    log: log(),
  };
}
