import type { Config } from "../config/config";
import type { Role } from "../spec/cells";
import { spec } from "../spec/spec";

export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

interface Told {
  whom: keyof Config["onCall"];
  protocol: "https" | "email";
}

/**
 * Who is told by AWS itself. The pager calls primary, then secondary, then manager, director and vice president, each
 * when the one before has not answered (docs/DEPLOYMENT_GUIDE.md); mails go out beside it, should the pager be down.
 */
export const ESCALATION: Record<Severity, readonly Told[]> = {
  critical: [
    { whom: "pager", protocol: "https" },
    { whom: "primary", protocol: "email" },
    { whom: "secondary", protocol: "email" },
    { whom: "manager", protocol: "email" },
  ],
  warning: [{ whom: "primary", protocol: "email" }],
  info: [{ whom: "primary", protocol: "email" }],
};

/** Minutes after which the pager asks the next one. */
export const ESCALATE_AFTER_MINUTES = [0, 5, 10, 20, 30] as const;

export type Source =
  | { of: "errors" }
  | { of: "latency" }
  | { of: "cpu"; service: "api" | "worker" | "database" | "cache" }
  | { of: "queue"; queue: "standard" | "enterprise" | "deadLetter" }
  | { of: "age"; queue: "standard" | "enterprise" }
  | { of: "connections" }
  | { of: "storage" }
  | { of: "lag" }
  | { of: "evictions" };

export interface AlarmRow {
  name: string;
  severity: Severity;
  source: Source;
  /** Above it; for storage below it. */
  threshold: number;
  minutes: number;
  runbook: string;
  because: string;
}

const { critical, warning } = spec.alerts;
/** What the specification says of alerts, for each of its two levels. */
const levels = [
  { severity: "critical", limits: critical, minutes: 5 },
  { severity: "warning", limits: warning, minutes: 10 },
] as const;
const services = ["api", "worker", "database"] as const;
/** A copy that is five minutes behind can lose what the recovery point allows. */
const LAG_SECONDS = 60 * spec.recovery.databasePointMinutes;
const GIB = 1_024 ** 3;

/**
 * Every alarm of a cell. Thresholds are the specification's; the same table makes alarms and dashboard. What Prometheus
 * watches as well (infra/monitoring) has the same threshold and time there: tests/alerts-equal.test.ts.
 */
export function alarmsOf({ profile }: Config, role: Role = "home"): AlarmRow[] {
  const { database, cache } = profile;
  const rows: AlarmRow[] = levels.flatMap(({ severity, limits, minutes }) => [
    {
      name: `errors-${severity}`,
      severity,
      source: { of: "errors" },
      threshold: limits.errorRate,
      minutes,
      runbook: "error-rate",
      because: "Share of answers that are server errors",
    },
    {
      name: `latency-${severity}`,
      severity,
      source: { of: "latency" },
      threshold: limits.latencyMs,
      minutes,
      runbook: "latency",
      because: "The API's p95 in milliseconds, calls of models left out",
    },
    ...[...services, ...(cache === undefined || role === "standby" ? [] : (["cache"] as const))].map(
      (service) => ({
        name: `cpu-${service}-${severity}`,
        severity,
        source: { of: "cpu" as const, service },
        threshold: limits.cpuPercent,
        minutes,
        runbook: "cpu",
        because: `Percent of the ${service}'s processors`,
      }),
    ),
  ]);
  return [
    ...rows,
    ...(["standard", "enterprise"] as const).flatMap((queue): AlarmRow[] => {
      const suffix = queue === "standard" ? "" : "-enterprise";
      const age = (severity: "critical" | "warning", threshold: number, minutes: number): AlarmRow => ({
        name: `age${suffix}-${severity}`,
        severity,
        source: { of: "age", queue },
        threshold,
        minutes,
        runbook: "queue-age",
        because: `Seconds that the oldest message of the ${queue} queue has waited`,
      });
      return [
        {
          name: `queue${suffix}`,
          severity: "info",
          source: { of: "queue", queue },
          threshold: spec.capacity.queueDepth,
          minutes: 2,
          runbook: "queue-age",
          because: `Requests that wait in the ${queue} queue; workers are added by themselves`,
        },
        age("critical", 300, 2),
        age("warning", 60, 5),
      ];
    }),
    {
      name: "dead-letters",
      severity: "warning",
      source: { of: "queue", queue: "deadLetter" },
      threshold: 0,
      minutes: 5,
      runbook: "dead-letters",
      because: "Messages that failed five times",
    },
    {
      name: "connections",
      severity: "warning",
      source: { of: "connections" },
      threshold: (spec.capacity.connectionsPercent / 100) * database.maxConnections,
      minutes: 5,
      runbook: "database-pool",
      because: "Connections of the database: add a reader",
    },
    {
      name: "storage",
      severity: "warning",
      source: { of: "storage" },
      threshold: (1 - spec.capacity.storagePercent / 100) * database.storageGiB * GIB,
      minutes: 15,
      runbook: "storage-of-the-database",
      because: "Bytes that are left: storage grows by itself, look whether it does",
    },
    ...(profile.cells.some(({ standby }) => standby !== undefined) || database.readReplicas > 0
      ? [
          {
            name: "lag",
            severity: "critical" as const,
            source: { of: "lag" as const },
            threshold: LAG_SECONDS,
            minutes: 5,
            runbook: "replica-lag",
            because: "Seconds that a copy is behind: what a failover would lose",
          },
        ]
      : []),
    ...(cache === undefined || role === "standby"
      ? []
      : [
          {
            name: "evictions",
            severity: "warning" as const,
            source: { of: "evictions" as const },
            threshold: 1_000,
            minutes: 15,
            runbook: "limiter-without-redis",
            because: "Redis drops what has not expired: it is too small",
          },
        ]),
  ];
}
