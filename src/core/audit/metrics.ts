import { singleton } from "../platform/concurrency/singleton";
import type { GaugeSource } from "../platform/observability/gauges";
import { gauge } from "../platform/observability/metrics";
import { auditHealth } from "./heads/audit-health";

export const auditMetrics = singleton("audit metrics", () => ({
  headsAge: gauge(
    "agatha_audit_heads_age_seconds",
    "Age of the newest heads of the audit log that were written off the database.",
    [],
  ),
  headsLocked: gauge(
    "agatha_audit_heads_locked",
    "1 when the heads last written cannot be deleted by anybody (Object Lock).",
    [],
  ),
  chainsBroken: gauge(
    "agatha_audit_chains_broken",
    "Audit chains that do not hold what was written off the database before.",
    [],
  ),
  roleRestricted: gauge(
    "agatha_audit_role_restricted",
    "1 when the role that serves can only add to the audit log.",
    [],
  ),
  archiveLate: gauge(
    "agatha_audit_archive_late_seconds",
    "How long ago the oldest week of the audit log that is still in the database should have gone to its archive.",
    [],
  ),
}));

export const auditGauges: GaugeSource = {
  source: "audit",
  gauges: () => [auditMetrics().headsAge, auditMetrics().roleRestricted, auditMetrics().archiveLate],
  async read() {
    const { headsAt, restricted, archiveDueAt } = await auditHealth();
    const age = headsAt === undefined ? Number.POSITIVE_INFINITY : (Date.now() - headsAt.getTime()) / 1_000;
    auditMetrics().headsAge.set(age);
    auditMetrics().roleRestricted.set(restricted ? 1 : 0);
    const late = archiveDueAt === undefined ? 0 : (Date.now() - archiveDueAt.getTime()) / 1_000;
    auditMetrics().archiveLate.set(late);
  },
};
