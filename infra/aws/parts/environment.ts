import { ports } from "../spec/may-talk";
import { OWNER, SERVING } from "./database";
import { cellHost } from "./origins";
import type { TaskContext } from "./task-context";

/** Cloudflare and the balancer. */
const PROXIES = 2;

/** The product's variables that are no secret (.env.example lists them all). */
export function productVariables(
  { config, names, placement, messaging, database, dataKeyArn }: TaskContext,
  poolMax: number,
  more: Record<string, string> = {},
): Record<string, string> {
  const url = `https://${cellHost(config.domain, placement.cell)}`;
  return {
    ...config.variables,
    NODE_ENV: "production",
    CELL: placement.cell.code,
    CELLS: config.profile.cells
      .map((cell) => `${cell.code}=https://${cellHost(config.domain, cell)}|${cell.label}`)
      .join(","),
    APP_URL: url,
    NEXTAUTH_URL: url,
    AWS_REGION: placement.region.name,
    // No secret: each connection signs a token of its own, with the task's role (ADR 93).
    DATABASE_URL: addressOf(database.host, SERVING, "iam"),
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
    STRIPE_REDACTION: String(config.stripeRedaction),
    SHUTDOWN_GRACE_MS: "25000",
    ...more,
  };
}

/** The migrations' own: as the schema's owner, whose password is read when it is needed. */
export function migrationVariables({ database }: TaskContext): Record<string, string> {
  const { host, ownerSecretArn } = database;
  if (ownerSecretArn === undefined) throw new Error("migrations run where the schema's owner is known");
  return {
    MIGRATION_DATABASE_URL: addressOf(host, OWNER, `secretsmanager:${ownerSecretArn}`),
    MIGRATION_GRANTS_IAM: "true",
  };
}

/** `verify-full`: the password goes to nobody but the host that RDS's certificate names. */
function addressOf(host: string, user: string, passwordFrom: string): string {
  return `postgresql://${user}@${host}:${ports.postgres}/agathaai?sslmode=verify-full&passwordFrom=${passwordFrom}`;
}

/** Which epoch is the newest, as most of them say (ADR 104). */
function epochVariables(
  config: TaskContext["config"],
  { cell }: TaskContext["placement"],
): Record<string, string> {
  const witnesses = config.epochs[cell.code];
  if (witnesses === undefined) return {};
  return { CELL_EPOCH_WITNESSES: witnesses.map(({ bucket, region }) => `${bucket}@${region}`).join(",") };
}
