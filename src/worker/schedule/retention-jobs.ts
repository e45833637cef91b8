import { expiredAccountRows } from "@agathaai/core/accounts";
import { expireAuditArchives, moveAuditWeeks } from "@agathaai/core/audit";
import { expiredBillingRows, stripeIfSetUp } from "@agathaai/core/billing";
import { expiredCompanyRows } from "@agathaai/core/company-sign-in";
import { expiredExportRows } from "@agathaai/core/exports";
import { expiredGenerations } from "@agathaai/core/generations";
import { eraseKept } from "@agathaai/core/hipaa";
import {
  archiveRequests,
  expireArchives,
  expiredIdempotencyKeys,
  purgeDeletedRequests,
  rewriteArchives,
} from "@agathaai/core/inference";
import { expiredLimitWindows } from "@agathaai/core/limits";
import { expiredOauthRows } from "@agathaai/core/oauth";
import {
  completeErasures,
  completeTombstones,
  eraseDeletedOrganizations,
  redactCustomers,
  repeatErasures,
} from "@agathaai/core/org-deletion";
import { DAY, HOUR, MINUTE, SECOND } from "@agathaai/core/platform";
import { dropExpiredPartitions, maintainPartitions } from "@agathaai/core/platform/db/partitions";
import { deleteExpiredRows } from "@agathaai/core/platform/db/rows/expire-rows";
import { evidenceStorage } from "@agathaai/core/platform/storage";
import { deleteExpiredAnswers } from "@agathaai/core/response-cache";
import { expiredStatusRows } from "@agathaai/core/status";
import { partitionedTables, renewDataKeys, rotateIndexKey, rotateMasterKey } from "@agathaai/core/upkeep";
import { expiredUsageAlerts } from "@agathaai/core/usage-alerts";
import { expiredWebhookRows } from "@agathaai/core/webhooks";
import type { ScheduledJob } from "./run-scheduler";

export const expiredRows = {
  ...expiredIdempotencyKeys,
  ...expiredGenerations,
  ...expiredLimitWindows,
  ...expiredAccountRows,
  ...expiredUsageAlerts,
  ...expiredBillingRows,
  ...expiredWebhookRows,
  ...expiredOauthRows,
  ...expiredExportRows,
  ...expiredCompanyRows,
  ...expiredStatusRows,
};

/** A run that goes through all there is: after a rotation, or after the worker was away for long. */
const ALL_OF_THEM_MS = 6 * HOUR;

/** What ends by the clock: retention, erasure, partitions. */
export const retentionJobs: readonly ScheduledJob[] = [
  {
    name: "archive requests",
    everyMs: 15 * MINUTE,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      const done = await archiveRequests(db, { signal });
      const rewritten = await rewriteArchives(db, { signal });
      const expired = await expireArchives(db, { signal });
      const all = { ...done, rewritten, expired };
      if (Object.values(all).some((count) => count > 0)) log.info(all, "requests past their time archived");
    },
  },
  {
    name: "archive audit log",
    everyMs: HOUR,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      const { rows, ...moved } = await moveAuditWeeks(db, { signal });
      const expired = await expireAuditArchives(db, { signal });
      const all = { ...moved, rows: Number(rows), expired };
      if (Object.values(all).some((count) => count > 0)) log.info(all, "weeks of the audit log moved");
    },
  },
  {
    name: "maintain partitions",
    everyMs: DAY,
    async run({ db, log }) {
      const made = await maintainPartitions(db, partitionedTables);
      const { dropped, postponed } = await dropExpiredPartitions(db, partitionedTables);
      log.info({ made: made.filter((entry) => entry.made > 0), dropped, postponed }, "partitions maintained");
    },
  },
  {
    name: "rotate master key",
    everyMs: HOUR,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      const done = await rotateMasterKey(db, { signal });
      if (done.rewrapped + done.failed > 0) log.info(done, "data keys wrapped with the current master key");
    },
  },
  {
    name: "rotate data keys",
    everyMs: HOUR,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      // In a rolling deployment a process of the release before could not read what a new version encrypts.
      if (process.uptime() < HOUR / SECOND) return;
      const done = await renewDataKeys(db, { signal });
      if (done.rotated + done.failed > 0) log.info(done, "data keys given a new version");
    },
  },
  {
    name: "rotate blind-index key",
    everyMs: HOUR,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      const done = await rotateIndexKey(db, { signal });
      if (done.reindexed + done.failed > 0) log.info(done, "blind indexes made anew under the current key");
    },
  },
  {
    name: "purge deleted requests",
    everyMs: HOUR,
    async run({ db, log }, signal) {
      const purged = await purgeDeletedRequests(db, { now: new Date(), signal });
      if (purged > 0) log.info({ purged }, "deleted requests purged");
    },
  },
  {
    name: "erase deleted organizations",
    everyMs: HOUR,
    takesMs: ALL_OF_THEM_MS,
    async run({ db, log }, signal) {
      const erased = await eraseDeletedOrganizations(db, { signal });
      if (erased > 0) log.info({ erased }, "deleted organizations erased");
    },
  },
  {
    name: "erase for HIPAA mode",
    everyMs: MINUTE,
    async run({ db, log }, signal) {
      const erased = await eraseKept(db, { signal });
      if (erased > 0) log.info({ erased }, "nothing is left of what was kept before HIPAA mode");
    },
  },
  {
    name: "complete erasures",
    everyMs: MINUTE,
    async run({ db, log }, signal) {
      const completed = await completeErasures(db, { stripe: stripeIfSetUp(), signal });
      const redacted = await redactCustomers(db, { stripe: stripeIfSetUp(), signal });
      if (completed + redacted > 0) log.info({ completed, redacted }, "erasures completed");
    },
  },
  {
    name: "keep tombstones",
    everyMs: HOUR,
    async run({ db, log }) {
      const repeated = await repeatErasures(db, evidenceStorage());
      const written = await completeTombstones(db, evidenceStorage());
      if (repeated + written > 0) log.info({ repeated, written }, "tombstones kept");
    },
  },
  {
    name: "expire rows",
    everyMs: HOUR,
    async run({ db, log }, signal) {
      const rows = await deleteExpiredRows(db, expiredRows, signal);
      const deleted = { ...rows, cached_answers: await deleteExpiredAnswers(db, { signal }) };
      if (Object.values(deleted).some((count) => count > 0)) log.info({ deleted }, "rows expired");
    },
  },
];
