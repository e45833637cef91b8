import type { Config } from "../../config/config";
import type { Role } from "../../spec/cells";
import { spec } from "../../spec/spec";
import { sameAs } from "./alert-rules";
import type { Counted } from "./counted";

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
  | { of: "evictions" }
  | { of: "function"; kind: "standard" | "enterprise"; figure: "Errors" | "Throttles" | "Duration" }
  | { of: "counted"; figure: Counted }
  | { of: "notifications" };

export interface AlarmRow {
  name: string;
  severity: Severity;
  source: Source;
  /** Above it; for storage below it. */
  threshold: number;
  minutes: number;
  runbook: string;
  because: string;
  /** The alert of Prometheus whose numbers it has. */
  rule?: string;
  /** The alert of Prometheus with the same numbers that watches the tasks, where this alarm watches the functions. */
  besides?: string;
}

/** `times`: by how much CloudWatch's unit is smaller. */
const like = (rule: string, times?: number) => ({ ...sameAs(rule, times), rule });

/** Two levels of the specification; what Prometheus watches as well has its numbers there (`sameAs`). */
const levels = [
  { severity: "critical", title: "Critical", limits: spec.alerts.critical, minutes: 5 },
  { severity: "warning", title: "Warning", limits: spec.alerts.warning, minutes: 10 },
] as const;
const services = ["api", "worker", "database"] as const;
/** A copy that is five minutes behind can lose what the recovery point allows. */
const LAG_SECONDS = 60 * spec.recovery.databasePointMinutes;
const GIB = 1_024 ** 3;
/** Of a function's time-out: beyond it the next batch may be cut off. */
const SLOW_SHARE = 0.9;

/**
 * Every alarm of a cell: alarms and dashboard are made of this table. What Prometheus watches as well has its threshold, time
 * and severity from its rule (infra/monitoring); tests/alerts-equal.test.ts compares the rules with the specification.
 */
export function alarmsOf({ profile }: Pick<Config, "profile">, role: Role = "home"): AlarmRow[] {
  const { database, cache, burst } = profile;
  const watchesCache = cache !== undefined && role !== "standby";
  return [
    ...levelRows({ watchesCache }),
    ...queueRows(),
    ...(burst === undefined ? [] : functionRows(burst)),
    {
      name: "alerts-untold",
      severity: "critical",
      source: { of: "notifications" },
      threshold: 0,
      minutes: 1,
      runbook: "metrics-absent",
      because: "Alerts of the product's own metrics that could not be told",
    },
    {
      name: "dead-letters",
      source: { of: "queue", queue: "deadLetter" },
      ...like("DeadLetters"),
      runbook: "dead-letters",
      because: "Messages that failed five times",
    },
    {
      name: "connections",
      source: { of: "connections" },
      ...like("DatabaseConnections", database.maxConnections),
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
    ...(watchesCache
      ? [
          {
            name: "evictions",
            severity: "warning" as const,
            source: { of: "evictions" as const },
            threshold: 1_000,
            minutes: 15,
            runbook: "limiter-without-redis",
            because: "Redis drops what has not expired: it is too small",
          },
        ]
      : []),
  ];
}

/** What the specification has in two levels: errors, latency and processors. */
function levelRows({ watchesCache }: { watchesCache: boolean }): AlarmRow[] {
  return levels.flatMap(({ severity, title, limits, minutes }) => [
    {
      name: `errors-${severity}`,
      source: { of: "errors" },
      ...like(`ErrorRate${title}`),
      runbook: "error-rate",
      because: "Share of answers that are server errors",
    },
    {
      name: `latency-${severity}`,
      source: { of: "latency" },
      ...like(`Latency${title}`, 1_000),
      runbook: "latency",
      because: "The API's p95 in milliseconds, calls of models left out",
    },
    ...[...services, ...(watchesCache ? (["cache"] as const) : [])].map(
      (service): AlarmRow => ({
        name: `cpu-${service}-${severity}`,
        source: { of: "cpu", service },
        // Prometheus sees our processes; of the others the specification alone speaks.
        ...(service === "api" || service === "worker"
          ? like(`Cpu${title}`, 100)
          : { severity, threshold: limits.cpuPercent, minutes }),
        runbook: "cpu",
        because: `Percent of the ${service}'s processors`,
      }),
    ),
  ]);
}

function queueRows(): AlarmRow[] {
  return (["standard", "enterprise"] as const).flatMap((queue): AlarmRow[] => {
    const suffix = queue === "standard" ? "" : "-enterprise";
    const age = (severity: "critical" | "warning", rule: string): AlarmRow => ({
      name: `age${suffix}-${severity}`,
      source: { of: "age", queue },
      ...like(rule),
      runbook: "queue-age",
      because: `Seconds that the oldest message of the ${queue} queue has waited`,
    });
    return [
      {
        name: `queue${suffix}`,
        source: { of: "queue", queue },
        ...like("QueueDeep"),
        runbook: "queue-age",
        because: `Requests that wait in the ${queue} queue; workers are added by themselves`,
      },
      age("critical", "QueueOldCritical"),
      age("warning", "QueueOldWarning"),
    ];
  });
}

/**
 * Functions have no collector (ADR 113): all that is known of them is what CloudWatch counts and what they write into their log
 * (ADR 124). A message that is throttled five times is a dead letter though nothing is wrong with it; one that runs out of
 * time is paid for twice.
 */
function functionRows(burst: NonNullable<Config["profile"]["burst"]>): AlarmRow[] {
  const ofEach = (["standard", "enterprise"] as const).flatMap((kind) => {
    const row = (
      name: string,
      figure: "Errors" | "Throttles" | "Duration",
      rest: Pick<AlarmRow, "threshold" | "minutes" | "because">,
    ): AlarmRow => ({
      name,
      severity: "warning",
      source: { of: "function", kind, figure },
      runbook: "function-errors",
      ...rest,
    });
    return [
      row(`function-${kind}`, "Errors", {
        threshold: 0,
        minutes: 1,
        because: `Batches that the ${kind} queue's function threw away: each comes back after half an hour`,
      }),
      row(`function-${kind}-throttled`, "Throttles", {
        threshold: 0,
        minutes: 5,
        because: `Batches for which the ${kind} queue's function had no room: after five times they are dead letters`,
      }),
      row(`function-${kind}-slow`, "Duration", {
        threshold: SLOW_SHARE * burst.timeoutSeconds * 1_000,
        minutes: 5,
        because: `Milliseconds of the ${kind} queue's slowest batch: at its time-out it is thrown away`,
      }),
    ];
  });
  const counted = (figure: Counted, rule: string, because: string): AlarmRow => ({
    name: `function-${figure}`,
    source: { of: "counted", figure },
    ...sameAs(rule),
    besides: rule,
    runbook: rule.replaceAll(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
    because,
  });
  return [
    ...ofEach,
    counted("providers", "ProviderFailing", "Share of the functions' attempts at one provider that fail"),
    counted(
      "credentials",
      "ProviderCredentials",
      "Attempts of functions at which a provider refused our key",
    ),
    counted(
      "defects",
      "UsageDefect",
      "Calls of functions that were billed on numbers that are missing or contradict",
    ),
  ];
}
