import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { spec } from "../spec/spec";
import { idle, specTable, unlabelled } from "../spec/spec-table";

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
const number = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 3 });
const WORDS: Record<number, string> = { 3: "three", 5: "five" };
const word = (value: number) => WORDS[value] ?? String(value);

const {
  alerts,
  capacity,
  delivery,
  gateway,
  incidents,
  network,
  recovery,
  regions,
  retention,
  availability,
} = spec;
const [first, second, whole] = delivery.canaryPercent;
const { standard, maintenance } = delivery.windows;

/**
 * Where a paper of §6 says a number of the specification: the sentence with a gap for each, and what stands in the gaps. A
 * sentence may stand there more than once, and must say the same each time.
 */
const SAID: [paper: string, sentence: string, ...gaps: (string | number)[]][] = [
  [
    "docs/DEPLOYMENT_GUIDE.md",
    "AWS counts {} requests a second of an address ({} a minute)",
    number(network.requestsPerSecondPerAddress),
    number(60 * network.requestsPerSecondPerAddress),
  ],
  ["docs/DEPLOYMENT_GUIDE.md", "minimum TLS {};", network.tlsVersion],
  [
    "docs/DEPLOYMENT_GUIDE.md",
    "Tuesday and Thursday {} to {}, maintenance Saturday {} to {}, New York",
    standard.fromHour,
    standard.toHour,
    maintenance.fromHour,
    maintenance.toHour,
  ],
  ["docs/DEPLOYMENT_GUIDE.md", "holds it at {} and at {} percent", first, second],
  ["docs/RUNBOOKS.md", "`ErrorRateCritical` (over {} %", 100 * alerts.critical.errorRate],
  ["docs/RUNBOOKS.md", "`ErrorRateWarning` (over {} %", 100 * alerts.warning.errorRate],
  ["docs/RUNBOOKS.md", "`LatencyCritical` (p95 over {} ms)", alerts.critical.latencyMs],
  ["docs/RUNBOOKS.md", "`LatencyWarning` (over {} ms)", alerts.warning.latencyMs],
  ["docs/RUNBOOKS.md", "`CpuCritical` (over {} %", alerts.critical.cpuPercent],
  ["docs/RUNBOOKS.md", "`CpuWarning` (over {} %", alerts.warning.cpuPercent],
  ["docs/RUNBOOKS.md", "{} % availability allows one failed call in", availability.uptimePercent],
  [
    "docs/RUNBOOKS.md",
    "allows one failed call in {}, which is the error budget",
    number(Math.round(100 / (100 - availability.uptimePercent))),
  ],
  ["docs/RUNBOOKS.md", "`QueueDeep`: over {} requests are waiting", number(capacity.queueDepth)],
  ["docs/RUNBOOKS.md", "`DatabaseConnections`: over {} % of", capacity.connectionsPercent],
  [
    "docs/RUNBOOKS.md",
    "less than a {} of its storage left",
    { 20: "fifth" }[100 - capacity.storagePercent] ?? "",
  ],
  ["docs/RUNBOOKS.md", "A copy of the database is {} minutes behind", word(recovery.databasePointMinutes)],
  ["docs/RUNBOOKS.md", "backups of before are {} days old", retention.backupDays],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "| Availability | {} % ({} minutes a year)",
    availability.uptimePercent,
    Math.floor(((100 - availability.uptimePercent) / 100) * 365 * 24 * 60),
  ],
  ["docs/BUSINESS_CONTINUITY.md", "| Critical calls back (RTO) | {} minutes:", recovery.criticalMinutes],
  ["docs/BUSINESS_CONTINUITY.md", "| Everything back (RTO) | {} hours:", recovery.fullHours],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "| Data lost at most (RPO) | {} minutes of the database, {} hour of files",
    recovery.databasePointMinutes,
    recovery.filesPointMinutes / 60,
  ],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "| Database | daily snapshot and continuous log | {} days |",
    retention.backupDays,
  ],
  ["docs/BUSINESS_CONTINUITY.md", "a version gets {}, {} and {} percent under load", first, second, whole],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "the alarm `storage` speaks at a {} left",
    { 20: "fifth" }[100 - capacity.storagePercent] ?? "",
  ],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "gone within two minutes, of the {} that are allowed",
    word(delivery.rollbackMinutes),
  ],
  [
    "docs/BUSINESS_CONTINUITY.md",
    "planned maintenance under {} hours a month, in its window, emergency under {}",
    availability.plannedHoursPerMonth,
    availability.emergencyHoursPerMonth,
  ],
  ["docs/INCIDENT_RESPONSE.md", "| Detection and analysis | {} minutes |", incidents.detectionMinutes],
  ["docs/INCIDENT_RESPONSE.md", "| Containment | {} hour |", incidents.containmentMinutes / 60],
  ["docs/INCIDENT_RESPONSE.md", "| Eradication | {} hours |", incidents.eradicationHours],
  ["docs/INCIDENT_RESPONSE.md", "| Recovery | {} hours |", incidents.recoveryHours],
  ["docs/INCIDENT_RESPONSE.md", "| Review | {} days |", incidents.reviewDays],
  ["docs/INCIDENT_RESPONSE.md", "**The {}-hour rule**", incidents.noticeHours],
  ["docs/INCIDENT_RESPONSE.md", "| **hour {}** | notice", incidents.noticeHours],
  ["docs/INCIDENT_RESPONSE.md", "supervisory authority within {} hours", incidents.noticeHours],
  [
    "docs/INCIDENT_RESPONSE.md",
    "**Status page, first message (within {} minutes)**",
    incidents.detectionMinutes,
  ],
  [
    "docs/CAPACITY.md",
    "CPU above {} % for {} minutes, or {} requests a minute for each task",
    gateway.scaleAtCpuPercent,
    word(capacity.scaleAtCpuMinutes),
    number(gateway.scaleAtRequestsPerMinute),
  ],
  ["docs/CAPACITY.md", "tasks are added by themselves, up to {} |", gateway.maxTasks],
  ["docs/CAPACITY.md", "| {} requests wait |", number(capacity.queueDepth)],
  ["docs/CAPACITY.md", "| {} % of the database's connections |", capacity.connectionsPercent],
  ["docs/CAPACITY.md", "| {} % of the storage |", capacity.storagePercent],
  [
    ".github/drills/failover.md",
    "Names led to the standby after … seconds (at most {})",
    regions.failoverSeconds,
  ],
  [".github/drills/failover.md", "First write after … minutes (at most {})", recovery.criticalMinutes],
  [".github/drills/full.md", "(all of it at most {} hours)", recovery.fullHours],
  [
    ".github/drills/full.md",
    "against the moment asked for: … minutes (at most {})",
    recovery.databasePointMinutes,
  ],
  [".github/drills/full.md", "newest … minutes old (at most {})", recovery.filesPointMinutes],
  [".github/drills/backup.md", "… minutes ago (at most {})", recovery.databasePointMinutes],
];

const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

it.each(SAID)("%s says the specification's number: %s", (paper, sentence, ...gaps) => {
  const shape = sentence.split("{}").map(quoted).join("([\\w.,]+?)");
  const found = [...read(paper).matchAll(new RegExp(shape, "g"))].map(([, ...numbers]) => numbers);
  expect(found.length, "the sentence has gone: write it here as it stands there").toBeGreaterThan(0);
  for (const numbers of found) expect(numbers).toEqual(gaps.map(String));
});

it("docs/CAPACITY.md has every number of the specification: paste what this test expects", () => {
  expect(unlabelled()).toEqual([]);
  expect(idle()).toEqual([]);
  expect(read("docs/CAPACITY.md")).toContain(specTable());
});

/** Quantities that only the specification gives: where one stands with its unit in a paper, it is its number. */
const SHAPES: [what: string, shape: RegExp, allowed: (string | number)[]][] = [
  ["availability", /(\d\d\.\d+) % (?:availability|\(\d+ minutes)/g, [availability.uptimePercent]],
  [
    "the canary's shares",
    /(\d+(?:, \d+)*,? and \d+) percent/g,
    [`${first}, ${second} and ${whole}`, `${first} and at ${second}`],
  ],
  ["backups", /[Bb]ackups? (?:is|are) (?:kept for )?(\d+) days/g, [retention.backupDays]],
];

it.each(SHAPES)("no paper gives another number for %s", (_, shape, allowed) => {
  for (const paper of [
    "DEPLOYMENT_GUIDE",
    "RUNBOOKS",
    "BUSINESS_CONTINUITY",
    "INCIDENT_RESPONSE",
    "CAPACITY",
    "COMPLIANCE",
    "SECURITY_POLICIES",
  ])
    for (const [, seen] of read(`docs/${paper}.md`).matchAll(shape))
      expect(allowed.map(String), `${paper}: ${seen}`).toContain(seen);
});
