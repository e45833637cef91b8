/** Who is on the network. The first three are outside it. */
export type Party =
  | "cloudflare"
  | "healthChecks"
  | "internet"
  | "balancer"
  | "api"
  | "worker"
  | "burst"
  | "migrate"
  | "database"
  | "cache"
  | "endpoints";

export const ports = {
  https: 443,
  smtps: 465,
  /** Mail by STARTTLS (`requireTLS=true`), where a provider has no 465. */
  submission: 587,
  app: 3_000,
  postgres: 5_432,
  redis: 6_379,
  /** Syslog over TLS: customers' audit streams. */
  syslog: 6_514,
} as const;

/** All that reaches out of a cell. Customers' webhooks, streams and identity providers on another port are not reached. */
export const OUTWARD = [ports.https, ports.smtps, ports.submission, ports.syslog] as const;

export interface Talk {
  from: Party;
  to: Party;
  port: (typeof ports)[keyof typeof ports];
  because: string;
}

/** The firewall: what is not here does not pass. Security groups are made of these rows and of nothing else. */
export const MAY_TALK: readonly Talk[] = [
  { from: "cloudflare", to: "balancer", port: ports.https, because: "customers, through the edge" },
  {
    from: "healthChecks",
    to: "balancer",
    port: ports.https,
    because: "Route 53 asks whether the region lives",
  },
  { from: "balancer", to: "api", port: ports.app, because: "hands requests on" },
  { from: "api", to: "database", port: ports.postgres, because: "rows" },
  { from: "worker", to: "database", port: ports.postgres, because: "rows" },
  { from: "burst", to: "database", port: ports.postgres, because: "rows" },
  { from: "migrate", to: "database", port: ports.postgres, because: "the schema" },
  { from: "api", to: "cache", port: ports.redis, because: "limits and cached answers" },
  { from: "worker", to: "cache", port: ports.redis, because: "limits and cached answers" },
  { from: "burst", to: "cache", port: ports.redis, because: "limits and cached answers" },
  {
    from: "api",
    to: "endpoints",
    port: ports.https,
    because: "KMS, SQS, secrets and logs without the internet",
  },
  {
    from: "worker",
    to: "endpoints",
    port: ports.https,
    because: "KMS, SQS, secrets and logs without the internet",
  },
  {
    from: "burst",
    to: "endpoints",
    port: ports.https,
    because: "KMS, SQS, secrets and logs without the internet",
  },
  { from: "migrate", to: "endpoints", port: ports.https, because: "its image, its secret and its log" },
  {
    from: "api",
    to: "internet",
    port: ports.https,
    because: "model providers, Stripe, S3 by its gateway, its metrics' workspace",
  },
  {
    from: "worker",
    to: "internet",
    port: ports.https,
    because: "model providers, customers' webhooks, its metrics' workspace",
  },
  { from: "burst", to: "internet", port: ports.https, because: "model providers" },
  { from: "migrate", to: "internet", port: ports.https, because: "its image, where there are no endpoints" },
  { from: "api", to: "internet", port: ports.smtps, because: "mail" },
  { from: "worker", to: "internet", port: ports.smtps, because: "mail" },
  { from: "api", to: "internet", port: ports.submission, because: "mail" },
  { from: "worker", to: "internet", port: ports.submission, because: "mail" },
  { from: "api", to: "internet", port: ports.syslog, because: "customers' audit streams, their tests" },
  { from: "worker", to: "internet", port: ports.syslog, because: "customers' audit streams" },
];

export const outside: ReadonlySet<Party> = new Set(["cloudflare", "healthChecks", "internet"]);
