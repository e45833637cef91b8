import { cellHost } from "./origins";
import type { TaskContext } from "./task-context";

/** Cloudflare and the balancer. */
const PROXIES = 2;

/** The product's variables that are no secret (.env.example lists them all). */
export function productVariables(
  { config, names, placement, messaging, dataKeyArn }: TaskContext,
  poolMax: number,
  more: Record<string, string> = {},
): Record<string, string> {
  const url = `https://${cellHost(config.domain, placement.cell)}`;
  return {
    NODE_ENV: "production",
    CELL: placement.cell.code,
    CELLS: config.profile.cells
      .map((cell) => `${cell.code}=https://${cellHost(config.domain, cell)}|${cell.label}`)
      .join(","),
    APP_URL: url,
    NEXTAUTH_URL: url,
    AWS_REGION: placement.region.name,
    DATABASE_POOL_MAX: String(poolMax),
    ...epochVariables(config, placement),
    TRUSTED_PROXY_HOPS: String(PROXIES),
    // Where there is a Redis, it is ElastiCache's configuration endpoint.
    REDIS_CLUSTER: "true",
    SQS_STANDARD_QUEUE_URL: messaging.standard.url,
    SQS_ENTERPRISE_QUEUE_URL: messaging.enterprise.url,
    SQS_DEAD_LETTER_QUEUE_URL: messaging.deadLetter.url,
    S3_BUCKET: names.objects(placement),
    AUDIT_S3_BUCKET: names.evidence(placement),
    // The id, never an ARN of one region: what was wrapped here has to be opened at the standby.
    KMS_KEY_ID: dataKeyArn.slice(dataKeyArn.lastIndexOf("/") + 1),
    SHUTDOWN_GRACE_MS: "25000",
    ...more,
  };
}

/** In a third region: one that is lost must not take both signs of a cell with it (ADR 96). */
function epochVariables(
  config: TaskContext["config"],
  { cell }: TaskContext["placement"],
): Record<string, string> {
  const epochs = config.epochs[cell.code];
  return epochs === undefined ? {} : { CELL_EPOCH_BUCKET: epochs.bucket, CELL_EPOCH_REGION: epochs.region };
}
