import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { alarmsOf } from "../parts/alarms";
import { synthesized } from "./synthesized";

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.string() }).optional(),
        }),
      ),
    }),
  ),
});
const alerts = ["service-levels.yml", "alerts.yml"]
  .flatMap((file) =>
    rules
      .parse(parse(readFileSync(new URL(`../../monitoring/${file}`, import.meta.url), "utf8")))
      .groups.flatMap((group) => group.rules),
  )
  .filter(({ alert }) => alert !== undefined);

/** The alarm of CloudWatch that says the same, and by how much its unit is smaller. */
const same: Record<string, { alarms: string[]; times?: number }> = {
  ErrorRateCritical: { alarms: ["errors-critical"] },
  ErrorRateWarning: { alarms: ["errors-warning"] },
  LatencyCritical: { alarms: ["latency-critical"], times: 1_000 },
  LatencyWarning: { alarms: ["latency-warning"], times: 1_000 },
  CpuCritical: { alarms: ["cpu-api-critical", "cpu-worker-critical"], times: 100 },
  CpuWarning: { alarms: ["cpu-api-warning", "cpu-worker-warning"], times: 100 },
  QueueOldCritical: { alarms: ["age-critical", "age-enterprise-critical"] },
  QueueOldWarning: { alarms: ["age-warning", "age-enterprise-warning"] },
  QueueDeep: { alarms: ["queue", "queue-enterprise"] },
  DeadLetters: { alarms: ["dead-letters"] },
  DatabaseConnections: { alarms: ["connections"], times: 5_000 },
};

/** What AWS cannot see, or sees to by itself. Prometheus scrapes the tasks all the same. */
const OWN =
  "Known to the product alone: its metrics are read by Prometheus or the collector, not by CloudWatch.";
const elsewhere: Record<string, string> = {
  ProcessDown: "ECS replaces a task that does not answer, and says so as information.",
  SourceDown: OWN,
  ClockSkew: OWN,
  EventLoopLag: OWN,
  ProviderFailing: OWN,
  ProviderCredentials: OWN,
  UsageDefect: OWN,
  UsageDrift: OWN,
  DatabasePoolExhausted: OWN,
  LimiterWithoutRedis: OWN,
  PartitionsLow: OWN,
  PartitionsOut: OWN,
  StripeEventsWait: OWN,
  StripeAway: OWN,
  BillingIncident: OWN,
  OverageUnreported: OWN,
  OverageDiffers: OWN,
  AuditHeadsLate: OWN,
  AuditChainsBroken: OWN,
  AuditRoleFree: OWN,
  AuditHeadsUnlocked: OWN,
  EmailsFail: OWN,
  Deployment: "Told by the events of ECS.",
  Scaling: "Told by the events of Application Auto Scaling.",
};
/** Burn rates over hours and days: Prometheus works them out of counters that CloudWatch does not have. */
const isBudget = (name: string) => /^BudgetBurn/.test(name);

const rows = alarmsOf(synthesized("production").config);

it.each(Object.entries(same))(
  "%s says the same in Prometheus and in CloudWatch: threshold, time, severity",
  (name, { alarms, times = 1 }) => {
    const rule = alerts.find(({ alert }) => alert === name);
    const limit = Number(/ > ([\d.]+)$/.exec(rule?.expr ?? "")?.[1]);
    for (const alarm of alarms) {
      const row = rows.find((one) => one.name === alarm);
      expect(row?.threshold, alarm).toBeCloseTo(limit * times, 6);
      expect(`${row?.minutes}m`, alarm).toBe(rule?.for);
      expect(row?.severity, alarm).toBe(rule?.labels?.severity);
    }
  },
);

it("every alert of Prometheus has its alarm, or the reason why there is none", () => {
  const silent = alerts
    .map(({ alert = "" }) => alert)
    .filter((name) => !isBudget(name) && !(name in same) && !(name in elsewhere));
  expect(silent).toEqual([]);
  const names = alerts.map(({ alert }) => alert);
  for (const name of [...Object.keys(same), ...Object.keys(elsewhere)]) expect(names).toContain(name);
});
