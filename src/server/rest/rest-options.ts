import type { Db } from "@agathaai/core/platform/db/client";
import type { Queue } from "@agathaai/core/platform/queue/queue";
import type { Lifecycle } from "../http/lifecycle";
import type { SecurityPolicy } from "../http/security-headers";
import type { CorsPolicy } from "./cors";

export interface RestOptions {
  db: Db;
  queue: Queue;
  lifecycle: Lifecycle;
  security: SecurityPolicy;
  cors: CorsPolicy;
  trustedProxyHops: number;
  metricsToken: string | undefined;
}
