import { regions } from "../spec/cells";
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
    ...epochVariables(names, placement),
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

/** In the standby's region, of both regions: a home that is cut off must not be the only one to see it (ADR 96). */
function epochVariables(
  names: TaskContext["names"],
  { cell }: TaskContext["placement"],
): Record<string, string> {
  if (cell.standby === undefined) return {};
  return {
    CELL_EPOCH_BUCKET: names.evidence({ cell, role: "standby" }),
    CELL_EPOCH_REGION: regions[cell.standby].name,
  };
}
