import { spec } from "./spec";

type Label = [section: string, what: string, unit?: string];

/** What each number of the specification is called in the papers. A leaf that is not here is told nowhere: the tests refuse it. */
const LABELS: Record<string, Label> = {
  "regions.primary": ["2.3", "Primary region"],
  "regions.secondary": ["2.3", "Secondary region"],
  "regions.gdpr": ["2.3", "Region for the EU"],
  "regions.failoverSeconds": ["2.3", "A dead region is left within", "seconds"],
  "gateway.vcpu": ["2.4", "API task: processors", "vCPU"],
  "gateway.memoryGiB": ["2.4", "API task: memory", "GB"],
  "gateway.minTasks": ["2.4", "API tasks, at least"],
  "gateway.maxTasks": ["2.4", "API tasks, at most"],
  "gateway.scaleAtCpuPercent": ["2.4, 5.4", "Tasks are added above", "% of CPU"],
  "gateway.scaleAtRequestsPerMinute": ["2.4", "or above, for each task", "requests a minute"],
  "lambda.minMemoryMiB": ["2.4", "Function: memory, at least", "MB"],
  "lambda.maxMemoryMiB": ["2.4", "Function: memory, at most", "MB"],
  "lambda.timeoutSeconds": ["2.4", "Function: time-out", "seconds"],
  "lambda.concurrency": ["2.4", "Functions at once"],
  "lambda.reservedForEnterprise": ["2.4", "of which for enterprise"],
  "database.instance": ["2.4", "Database: instance"],
  "database.storageGiB": ["2.4", "Database: storage", "GB"],
  "database.iops": ["2.4", "Database: IOPS"],
  "database.multiAz": ["2.4", "Database: Multi-AZ"],
  "database.readReplicas": ["2.4", "Database: readers"],
  "database.minMajorVersion": ["1.3", "PostgreSQL, at least"],
  "cache.node": ["2.4", "Redis: node"],
  "cache.shards": ["2.4", "Redis: shards"],
  "cache.replicasPerShard": ["2.4", "Redis: replicas a shard"],
  "cache.totalNodes": ["2.4", "Redis: nodes"],
  "availability.uptimePercent": ["3.5", "Availability", "%"],
  "availability.plannedHoursPerMonth": ["3.5", "Planned maintenance, under", "hours a month"],
  "availability.emergencyHoursPerMonth": ["3.5", "Emergency maintenance, under", "hours a month"],
  "network.cidr": ["4.1", "VPC"],
  "network.zones": ["4.1", "Zones"],
  "network.requestsPerSecondPerAddress": ["4.1", "Requests of an address", "a second"],
  "network.tlsVersion": ["4.1", "TLS, customers"],
  "retention.hotDays": ["4.3", "Requests and answers in the database", "days"],
  "retention.coldDays": ["4.3", "then in the archive", "days"],
  "retention.auditDays": ["4.3", "Audit log (seven years)", "days"],
  "retention.backupDays": ["4.3", "Backups", "days"],
  "incidents.detectionMinutes": ["4.4", "Incident: detection and analysis", "minutes"],
  "incidents.containmentMinutes": ["4.4", "Incident: containment", "minutes"],
  "incidents.eradicationHours": ["4.4", "Incident: eradication", "hours"],
  "incidents.recoveryHours": ["4.4", "Incident: recovery", "hours"],
  "incidents.reviewDays": ["4.4", "Incident: review", "days"],
  "incidents.noticeHours": ["4.4", "Incident: notice to the regulator", "hours"],
  "alerts.critical.errorRate": ["5.1", "Critical: share of errors above"],
  "alerts.critical.latencyMs": ["5.1", "Critical: p95 above", "ms"],
  "alerts.critical.cpuPercent": ["5.1", "Critical: CPU above", "%"],
  "alerts.warning.errorRate": ["5.1", "Warning: share of errors above"],
  "alerts.warning.latencyMs": ["5.1", "Warning: p95 above", "ms"],
  "alerts.warning.cpuPercent": ["5.1", "Warning: CPU above", "%"],
  "recovery.criticalMinutes": ["5.2", "Critical calls are back within", "minutes"],
  "recovery.fullHours": ["5.2", "Everything is back within", "hours"],
  "recovery.databasePointMinutes": ["5.2", "Of the database is lost at most", "minutes"],
  "recovery.filesPointMinutes": ["5.2", "Of files is lost at most", "minutes"],
  "recovery.drills.full": ["5.2", "Full drill"],
  "recovery.drills.failover": ["5.2", "Failover"],
  "recovery.drills.backup": ["5.2", "Verification of a backup"],
  "delivery.canaryPercent": ["5.3", "A version's share of the traffic", "%"],
  "delivery.rollbackMinutes": ["5.3", "It is taken back within", "minutes"],
  "delivery.timeZone": ["5.3", "Windows are in the time of"],
  "delivery.windows.standard.days": ["5.3", "Standard window: days"],
  "delivery.windows.standard.fromHour": ["5.3", "Standard window: from", "o'clock"],
  "delivery.windows.standard.toHour": ["5.3", "Standard window: to", "o'clock"],
  "delivery.windows.maintenance.days": ["5.3", "Maintenance: day"],
  "delivery.windows.maintenance.fromHour": ["5.3", "Maintenance: from", "o'clock"],
  "delivery.windows.maintenance.toHour": ["5.3", "Maintenance: to", "o'clock"],
  "capacity.scaleAtCpuMinutes": ["5.4", "for so long, before tasks are taken away again", "minutes"],
  "capacity.queueDepth": ["5.4", "Workers are added above, waiting", "requests"],
  "capacity.connectionsPercent": ["5.4", "A reader is added above", "% of connections"],
  "capacity.storagePercent": ["5.4", "Storage grows above", "%"],
};

/** Told in the table of three years (cost/capacity.ts). */
const ELSEWHERE = ["capacity.years"];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function leavesOf(of: Record<string, unknown>, path = ""): [string, unknown][] {
  return Object.entries(of).flatMap(([key, value]): [string, unknown][] => {
    const at = path === "" ? key : `${path}.${key}`;
    return isRecord(value) ? leavesOf(value, at) : [[at, value]];
  });
}

export const leaves = () => leavesOf(spec).filter(([path]) => !ELSEWHERE.includes(path));
export const unlabelled = () => leaves().filter(([path]) => !(path in LABELS));
export const idle = () => {
  const paths = new Set(leaves().map(([path]) => path));
  return Object.keys(LABELS).filter((path) => !paths.has(path));
};

function said(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.map(said).join(", ") : String(value);
}

/** The table "The specification's numbers" of docs/CAPACITY.md. */
export function specTable(): string {
  const rows = leaves().flatMap(([path, value]) => {
    const label = LABELS[path];
    if (label === undefined) return [];
    const [section, what, unit] = label;
    return [`| ${section} | ${what} | ${said(value)}${unit === undefined ? "" : ` ${unit}`} |`];
  });
  return ["| section | what | number |", "| --- | --- | --- |", ...rows].join("\n");
}
