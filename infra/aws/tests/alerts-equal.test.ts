import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { alarmsOf } from "../parts/alarms";
import { alertRules, sameAs } from "../parts/alert-rules";
import { spec } from "../spec/spec";
import { synthesized } from "./synthesized";

/** What AWS cannot see, or sees to by itself. */
const OWN =
  'Known to the product alone: a Prometheus that the operator runs reads it (docs/DEPLOYMENT_GUIDE.md, "Metrics of the product"); no stack has one.';
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
  AuditArchiveLate: OWN,
  EmailsFail: OWN,
  DataKeysOverdue: OWN,
  JobLate: OWN,
  JobsStopped: OWN,
  ErasuresSlow: OWN,
  ErasuresOverdue: OWN,
  RedactionsLate: OWN,
  WebhooksLate: OWN,
  WebhooksStopped: OWN,
  ExportStuck: OWN,
  Deployment: "Told by the events of ECS.",
  Scaling: "Told by the events of Application Auto Scaling.",
};
/** Burn rates over hours and days: Prometheus works them out of counters that CloudWatch does not have. */
const isBudget = (name: string) => /^BudgetBurn/.test(name);

const { config } = synthesized("production");
const rows = alarmsOf(config);
const names = alertRules.map(({ alert = "" }) => alert);

it.each(["critical", "warning"] as const)(
  "what both watch is %s from the specification's numbers on",
  (level) => {
    const of = (name: string) => rows.find((row) => row.name === `${name}-${level}`);
    const { errorRate, latencyMs, cpuPercent } = spec.alerts[level];
    const minutes = { critical: 5, warning: 10 }[level];
    expect(of("errors")).toMatchObject({ severity: level, threshold: errorRate, minutes });
    expect(of("latency")).toMatchObject({ severity: level, threshold: latencyMs, minutes });
    for (const service of ["api", "worker", "database", "cache"])
      expect(of(`cpu-${service}`), service).toMatchObject({
        severity: level,
        threshold: cpuPercent,
        minutes,
      });
  },
);

it("queue and connections are told of from the specification's numbers on", () => {
  const threshold = (name: string) => rows.find((row) => row.name === name)?.threshold;
  expect(threshold("queue")).toBe(spec.capacity.queueDepth);
  expect(threshold("connections")).toBe(
    (spec.capacity.connectionsPercent / 100) * config.profile.database.maxConnections,
  );
});

it("every alert of Prometheus has its alarm, or the reason why there is none", () => {
  const alarmed = new Set(rows.map(({ rule }) => rule));
  expect(names.filter((name) => !isBudget(name) && !alarmed.has(name) && !(name in elsewhere))).toEqual([]);
  for (const name of Object.keys(elsewhere)) {
    expect(names).toContain(name);
    expect(alarmed, name).not.toContain(name);
  }
});

it("an alarm cannot name a rule that is not there, or that compares with no single number", () => {
  expect(() => sameAs("NoSuchAlert")).toThrow("NoSuchAlert");
  expect(() => sameAs(names.find(isBudget) ?? "")).toThrow("no single number");
});

it("the guide names every alert that nobody hears without a Prometheus of the operator's", () => {
  const guide = readFileSync(new URL("../../../docs/DEPLOYMENT_GUIDE.md", import.meta.url), "utf8");
  const [, said = ""] = /\*\*Metrics of the product\.\*\*([\s\S]*?)\n\n/.exec(guide) ?? [];
  const unheard = Object.keys(elsewhere).filter((name) => elsewhere[name] === OWN);
  const named = [...said.matchAll(/`([A-Z]\w+)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => names.includes(name));
  expect(named.sort()).toEqual(unheard.sort());
});
