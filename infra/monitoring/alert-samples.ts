/**
 * For each alert: the series under which what it measures is exactly a given value, so that a test can try it at, below and
 * above its threshold in Prometheus's own engine.
 */
export interface Sample {
  /** Series by name and labels, in promtool's notation of values: "start+step×count", a value a minute. */
  series(value: number): Record<string, string>;
  /** Labels the alert carries beside its own. */
  labels?: Record<string, string>;
  /** How long the expression looks back, in minutes. */
  window?: number;
  /** The smallest step of what is measured. Fractions: a hundredth of the threshold. */
  whole?: boolean;
}

const MINUTES = 400;
const level = (value: number) => `${value}+0x${MINUTES}`;
const perMinute = (value: number) => `0+${value}x${MINUTES}`;

const SERVER = { job: "agathaai-server", instance: "server:3000" };
const SERVER_LABELS = 'job="agathaai-server",instance="server:3000"';

/** A gauge whose value is what is measured. */
const gauge = (name: string, selector = "", labels: Record<string, string> = {}, whole = true): Sample => ({
  series: (value) => ({ [`${name}${selector}`]: level(value) }),
  labels,
  whole,
});

/** A counter of which the expression sums the increase over so many minutes. */
const increase = (
  name: string,
  selector: string,
  minutes: number,
  labels: Record<string, string> = {},
): Sample => ({
  series: (value) => ({ [`${name}{${selector}}`]: perMinute(value / minutes) }),
  labels,
  window: minutes,
  whole: true,
});

const errorRatio: Sample = {
  series: (value) => ({
    'agatha_http_requests_total{route="/v1/models",status="500"}': perMinute(value * 10_000),
    'agatha_http_requests_total{route="/v1/models",status="200"}': perMinute((1 - value) * 10_000),
  }),
  window: 5,
};

/** All calls in one bucket from 0: its 95th percentile is 0.95 of the bucket's end. */
const latency: Sample = {
  series: (value) => {
    const bucket = (le: string) =>
      `agatha_http_request_duration_seconds_bucket{route="/api/v1/history",wait="no",le="${le}"}`;
    return { [bucket(String(value / 0.95))]: perMinute(1_000), [bucket("+Inf")]: perMinute(1_000) };
  },
  window: 5,
};

const cpu: Sample = {
  series: (value) => ({ [`process_cpu_seconds_total{${SERVER_LABELS}}`]: perMinute(value * 60) }),
  labels: SERVER,
  window: 5,
};

const queue = { queue: "standard" };
const queueAge = gauge("agatha_queue_oldest_age_seconds", '{queue="standard"}', queue);
const partitions = gauge("agatha_partitions_ahead", '{table="audit_logs",period="week"}', {
  table: "audit_logs",
});

const erasures = gauge("agatha_erasures_oldest_age_seconds");
const webhooks = gauge("agatha_webhooks_oldest_due_seconds");

export const SAMPLES: Record<string, Sample> = {
  ErrorRateCritical: errorRatio,
  ErrorRateWarning: errorRatio,
  LatencyCritical: latency,
  LatencyWarning: latency,
  CpuCritical: cpu,
  CpuWarning: cpu,
  ProcessDown: gauge("up", `{${SERVER_LABELS}}`, SERVER),
  // Absent is 1; a server that is there says nothing, also where it is down.
  MetricsAbsent: {
    series: (value) =>
      value === 1 ? { 'up{job="another"}': level(1) } : { [`up{${SERVER_LABELS}}`]: level(0) },
    whole: true,
  },
  SourceDown: gauge("agatha_metrics_source_up", '{source="queue"}', { source: "queue" }),
  ClockSkew: gauge(
    "agatha_clock_skew_seconds",
    '{instance="server:3000"}',
    { instance: "server:3000" },
    false,
  ),
  EventLoopLag: gauge("nodejs_eventloop_lag_p99_seconds", `{${SERVER_LABELS}}`, SERVER, false),
  QueueOldCritical: queueAge,
  QueueOldWarning: queueAge,
  QueueDeep: gauge("agatha_queue_messages", '{queue="standard",state="ready"}', queue),
  DeadLetters: gauge("agatha_queue_messages", '{queue="dead",state="ready"}'),
  ProviderFailing: {
    series: (value) => ({
      'agatha_provider_errors_total{provider="openai",kind="server"}': perMinute(value * 1_000),
      'agatha_provider_request_duration_seconds_count{provider="openai"}': perMinute(1_000),
    }),
    labels: { provider: "openai" },
    window: 5,
  },
  ProviderCredentials: increase("agatha_provider_errors_total", 'provider="openai",kind="auth"', 10, {
    provider: "openai",
  }),
  UsageDefect: increase("agatha_usage_defects_total", 'model="gpt-4o",defect="total"', 60, {
    model: "gpt-4o",
    defect: "total",
  }),
  UsageDrift: gauge(
    "agatha_usage_drift_ratio",
    '{provider="openai",model="gpt-4o",tier="default",class="input"}',
    { provider: "openai", model: "gpt-4o", class: "input" },
    false,
  ),
  UsageNotCompared: gauge("agatha_usage_comparison_age_seconds", '{provider="openai"}', {
    provider: "openai",
  }),
  DatabasePoolExhausted: gauge("agatha_db_pool_waiting", '{instance="server:3000"}', {
    instance: "server:3000",
  }),
  DatabaseConnections: gauge("agatha_db_server_connections_ratio", "", {}, false),
  LimiterWithoutRedis: gauge("agatha_limiter_circuit_open"),
  PartitionsLow: partitions,
  PartitionsOut: partitions,
  StripeEventsWait: gauge("agatha_stripe_events_oldest_age_seconds"),
  StripeAway: increase("agatha_stripe_calls_total", 'outcome="silent"', 5),
  BillingIncident: gauge("agatha_billing_incidents"),
  OverageUnreported: gauge("agatha_overage_unreported_oldest_age_seconds"),
  OverageDiffers: gauge("agatha_overage_differences"),
  AuditHeadsLate: gauge("agatha_audit_heads_age_seconds"),
  AuditChainsBroken: gauge("agatha_audit_chains_broken"),
  AuditRoleFree: gauge("agatha_audit_role_restricted"),
  AuditHeadsUnlocked: gauge("agatha_audit_heads_locked"),
  AuditArchiveLate: gauge("agatha_audit_archive_late_seconds"),
  JobLate: gauge("agatha_job_late_seconds", '{name="complete erasures"}', { name: "complete erasures" }),
  JobsStopped: gauge("agatha_jobs_idle_seconds"),
  ErasuresSlow: erasures,
  ErasuresOverdue: erasures,
  RedactionsLate: gauge("agatha_redactions_oldest_age_seconds"),
  WebhooksLate: webhooks,
  WebhooksStopped: webhooks,
  ExportStuck: gauge("agatha_exports_oldest_age_seconds"),
  DataKeysOverdue: gauge("agatha_data_keys_overdue"),
  EmailsFail: increase("agatha_emails_total", 'outcome="failed"', 15),
};

/** Alerts that join several comparisons: the cases that matter, each with what must come of it. */
export interface Case {
  alert: string;
  when: string;
  series: Record<string, string>;
  atMinute: number;
  /** Minutes from one value to the next; the longest windows are tried in larger steps, within the 5 min that Prometheus looks back. */
  step?: number;
  labels?: Record<string, string>;
  fires: boolean;
}

const calls = (status: string, values: string) => ({
  [`agatha_http_requests_total{route="/v1/models",status="${status}"}`]: values,
});
/** So many calls a step of which so many fail, for so many steps. */
const traffic = (each: number, failing: number, minutes: number) => ({
  ...calls("200", `0+${each - failing}x${minutes}`),
  ...calls("500", `0+${failing}x${minutes}`),
});
const started = (values: string) => ({ [`process_start_time_seconds{${SERVER_LABELS}}`]: values });
const HOUR = 60;
const DAY = 24 * HOUR;

export const CASES: Case[] = [
  {
    alert: "BudgetBurnFast",
    when: "0.2 % of the last hour failed",
    series: traffic(5_000, 10, 90),
    atMinute: 80,
    fires: true,
  },
  {
    alert: "BudgetBurnFast",
    when: "0.1 % of the last hour failed",
    series: traffic(5_000, 5, 90),
    atMinute: 80,
    fires: false,
  },
  {
    alert: "BudgetBurnFast",
    when: "all calls fail, but there are eight of them",
    series: { ...calls("500", "0x60 1x10 2x10 8x10") },
    atMinute: 80,
    fires: false,
  },
  {
    alert: "BudgetBurnFast",
    when: "the errors ended ten minutes ago",
    series: { ...calls("200", "0+4990x90"), ...calls("500", "0+10x60 600+0x30") },
    atMinute: 75,
    fires: false,
  },
  {
    alert: "BudgetBurnQuick",
    when: "0.1 % of six hours failed",
    series: traffic(5_000, 5, 8 * HOUR),
    atMinute: 7 * HOUR,
    fires: true,
  },
  {
    alert: "BudgetBurnQuick",
    when: "0.04 % of six hours failed",
    series: traffic(5_000, 2, 8 * HOUR),
    atMinute: 7 * HOUR,
    fires: false,
  },
  {
    alert: "BudgetBurnSteady",
    when: "0.05 % of a day failed",
    series: traffic(10_000, 5, 26 * 15),
    atMinute: 25 * HOUR,
    step: 4,
    fires: true,
  },
  {
    alert: "BudgetBurnSteady",
    when: "0.02 % of a day failed",
    series: traffic(10_000, 2, 26 * 15),
    atMinute: 25 * HOUR,
    step: 4,
    fires: false,
  },
  {
    alert: "BudgetBurnSlow",
    when: "0.02 % of three days failed",
    series: traffic(10_000, 2, 4 * 24 * 15),
    atMinute: 3 * DAY + 2 * HOUR,
    step: 4,
    fires: true,
  },
  {
    alert: "BudgetBurnSlow",
    when: "what is granted was used: 0.01 %",
    series: traffic(10_000, 1, 4 * 24 * 15),
    atMinute: 3 * DAY + 2 * HOUR,
    step: 4,
    fires: false,
  },
  {
    alert: "Deployment",
    when: "a process has another start time",
    series: started("1000+0x10 2000+0x10"),
    atMinute: 12,
    labels: { job: SERVER.job },
    fires: true,
  },
  {
    alert: "Deployment",
    when: "a process goes on",
    series: started("1000+0x20"),
    atMinute: 12,
    fires: false,
  },
  {
    alert: "Scaling",
    when: "a second process answers",
    series: {
      'up{job="agathaai-server",instance="a"}': "1+0x20",
      'up{job="agathaai-server",instance="b"}': "_x10 1+0x10",
    },
    atMinute: 12,
    labels: { job: SERVER.job },
    fires: true,
  },
  {
    alert: "Scaling",
    when: "as many processes as before",
    series: { 'up{job="agathaai-server",instance="a"}': "1+0x20" },
    atMinute: 12,
    fires: false,
  },
];
