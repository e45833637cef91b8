import { secretVariables } from "../../config/secret-variables";
import type { Placement } from "../../spec/cells";
import { ports } from "../../spec/may-talk";
import type { Names } from "../../spec/names";
import type { Profile } from "../../spec/profiles";
import { type DatabaseRef, OWNER, SERVING } from "../data/database";
import { cellHost } from "../network/origins";

/** Cloudflare and the balancer. */
const PROXIES = 2;

/** What differs from process to process. */
interface Own {
  poolMax: number;
  port?: number;
  processes?: number;
  metricsPort?: number;
}
/** The part of a task's context that its variables are made of. Not `Config`: config.ts imports `setByStacks` from here. */
interface Context {
  config: {
    domain: string;
    profile: Pick<Profile, "cells">;
    epochs: Readonly<Record<string, readonly { bucket: string; region: string }[] | undefined>>;
    variables: Readonly<Record<string, string>>;
    stripeRedaction: boolean;
  };
  names: Names;
  placement: Placement;
  made: { appSecret: string };
  dataKeyArn: string;
  messaging: Readonly<Record<"standard" | "enterprise" | "deadLetter", { url: string }>>;
  database: DatabaseRef;
}
type Value = (context: Context, own: Own) => string | undefined;
const text = (value: number | undefined) => (value === undefined ? undefined : String(value));

/** What every process gets that is no secret (.env.example lists all variables of the product). */
const everyProcess = {
  NODE_ENV: () => "production",
  CELL: ({ placement }) => placement.cell.code,
  CELLS: ({ config }) =>
    config.profile.cells
      .map((cell) => `${cell.code}=https://${cellHost(config.domain, cell)}|${cell.label}`)
      .join(","),
  APP_URL: urlOf,
  NEXTAUTH_URL: urlOf,
  AWS_REGION: ({ placement }) => placement.region.name,
  // No secret: each connection signs a token of its own, with the task's role (ADR 93).
  DATABASE_URL: ({ database }) => addressOf(database.host, SERVING, "iam"),
  DATABASE_POOL_MAX: (_, { poolMax }) => String(poolMax),
  // Which epoch is the newest, as most of them say (ADR 104).
  CELL_EPOCH_WITNESSES: ({ config, placement }) =>
    config.epochs[placement.cell.code]?.map(({ bucket, region }) => `${bucket}@${region}`).join(","),
  TRUSTED_PROXY_HOPS: () => String(PROXIES),
  // Where there is a Redis, it is ElastiCache's configuration endpoint.
  REDIS_CLUSTER: () => "true",
  SQS_STANDARD_QUEUE_URL: ({ messaging }) => messaging.standard.url,
  SQS_ENTERPRISE_QUEUE_URL: ({ messaging }) => messaging.enterprise.url,
  SQS_DEAD_LETTER_QUEUE_URL: ({ messaging }) => messaging.deadLetter.url,
  S3_BUCKET: ({ names, placement }) => names.objects(placement),
  AUDIT_S3_BUCKET: ({ names, placement }) => names.evidence(placement),
  // The id, never an ARN of one region: what was wrapped here has to be opened at the standby.
  KMS_KEY_ID: ({ dataKeyArn }) => dataKeyArn.slice(dataKeyArn.lastIndexOf("/") + 1),
  STRIPE_REDACTION: ({ config }) => String(config.stripeRedaction),
  SHUTDOWN_GRACE_MS: () => "25000",
} satisfies Record<string, Value>;

/** What else a process gets, by its kind. */
const only = {
  server: {
    PORT: (_, { port }) => text(port),
    SERVER_PROCESSES: (_, { processes }) => text(processes),
  },
  worker: { WORKER_METRICS_PORT: (_, { metricsPort }) => text(metricsPort) },
  // As the schema's owner, whose password is read when it is needed.
  migrate: {
    MIGRATION_DATABASE_URL: ({ database: { host, ownerSecretArn } }) => {
      if (ownerSecretArn === undefined) throw new Error("migrations run where the schema's owner is known");
      return addressOf(host, OWNER, `secretsmanager:${ownerSecretArn}`);
    },
    MIGRATION_GRANTS_IAM: () => "true",
  },
  function: {
    APP_SECRET_ARN: ({ made }) => made.appSecret,
    APP_SECRET_VARIABLES: () => secretVariables.join(","),
    NODE_OPTIONS: () => "--enable-source-maps",
    // Lambda's Node.js knows no authority of RDS; the bundle has them.
    NODE_EXTRA_CA_CERTS: () => "/var/task/rds-ca.pem",
  },
} satisfies Record<string, Record<string, Value>>;

/** Names that the configuration cannot set: its value would be overridden in the processes that need one, and reach the others. */
export const setByStacks: ReadonlySet<string> = new Set(
  [everyProcess, ...Object.values(only)].flatMap((table) => Object.keys(table)),
);

/** The variables of one process that are no secret: the configuration's, and those that the stacks set. */
export function productVariables(
  context: Context,
  kind: keyof typeof only,
  own: Own,
): Record<string, string> {
  const table: Record<string, Value> = { ...everyProcess, ...only[kind] };
  const set = Object.entries(table).flatMap(([name, work]) => {
    const value = work(context, own);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...context.config.variables, ...Object.fromEntries(set) };
}

function urlOf({ config, placement }: Context): string {
  return `https://${cellHost(config.domain, placement.cell)}`;
}

/** `verify-full`: the password goes to nobody but the host that RDS's certificate names. */
function addressOf(host: string, user: string, passwordFrom: string): string {
  return `postgresql://${user}@${host}:${ports.postgres}/agathaai?sslmode=verify-full&passwordFrom=${passwordFrom}`;
}
