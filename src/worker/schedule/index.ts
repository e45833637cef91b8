import { recoverCalls, silenceMeansDeath } from "@agathaai/core/admission";
import { auditMetrics, recordLedger, writeHeads } from "@agathaai/core/audit";
import { notifyFailingStreams } from "@agathaai/core/audit-streams";
import {
  compareOverage,
  endExpiredOverrides,
  endGracePeriods,
  endSubscriptionsOfDeleted,
  isBillingSetUp,
  notifyIncidents,
  processReceivedEvents,
  reconcileBilling,
  reportOverage,
  stripe,
  stripeIfSetUp,
  syncOverrideBilling,
} from "@agathaai/core/billing";
import { notifyMissingDomains, recheckDomains } from "@agathaai/core/company-sign-in";
import { expireExports, makeExports, sendExportLinks } from "@agathaai/core/exports";
import { fileGenerations } from "@agathaai/core/generations";
import { recoverRequests } from "@agathaai/core/inference";
import { announceExpiringKeys } from "@agathaai/core/keys";
import { HOUR, MINUTE, SECOND } from "@agathaai/core/platform";
import { type Env, env } from "@agathaai/core/platform/env";
import { evidenceStorage } from "@agathaai/core/platform/storage";
import { sampleStatus, sendStatusEmails } from "@agathaai/core/status";
import { notifySubProcessorChanges } from "@agathaai/core/sub-processors";
import { announceRetiringModels, reconcileUsage, refreshUsageStatistics } from "@agathaai/core/usage";
import { notifyThresholds, recordThresholds } from "@agathaai/core/usage-alerts";
import { notifyDisabledEndpoints } from "@agathaai/core/webhooks";
import { retentionJobs } from "./retention-jobs";
import type { ScheduledJob } from "./run-scheduler";

const RECOVERY_BATCH = 500;

/** Everything that happens by the clock. A new job is one entry here, or in `retentionJobs`. */
export function scheduledJobs(settings: Pick<Env, "WORKER_RECOVER_INTERVAL_MS">): ScheduledJob[] {
  return [
    {
      name: "recover requests",
      everyMs: settings.WORKER_RECOVER_INTERVAL_MS,
      async run({ db, queue, log }) {
        const recovered = await recoverRequests(db, queue, { limit: RECOVERY_BATCH, now: new Date() });
        if (Object.values(recovered).some((count) => count > 0))
          log.info({ recovered }, "requests recovered");
      },
    },
    {
      name: "recover calls",
      everyMs: SECOND,
      async run({ db, log }) {
        if (!(await silenceMeansDeath(db))) return;
        const recovered = await recoverCalls(db);
        if (recovered.calls > 0) log.warn({ recovered }, "calls of dead processes closed");
      },
    },
    {
      name: "announce sub-processors",
      everyMs: HOUR,
      async run({ db, log }, signal) {
        const sent = await notifySubProcessorChanges(db, { signal });
        if (sent > 0) log.info({ sent }, "changes of sub-processors announced");
      },
    },
    {
      name: "record ledger",
      everyMs: SECOND,
      async run({ db }) {
        await recordLedger(db);
      },
    },
    {
      name: "file stored answers",
      everyMs: 15 * SECOND,
      async run({ db, log }, signal) {
        const filed = await fileGenerations(db, { signal });
        if (filed > 0) log.info({ filed }, "stored answers filed whose process had not done it");
      },
    },
    {
      name: "refresh usage statistics",
      everyMs: 15 * MINUTE,
      async run({ db }) {
        await refreshUsageStatistics(db);
      },
    },
    {
      name: "process Stripe events",
      everyMs: 15 * SECOND,
      async run({ db, log }, signal) {
        const processed = isBillingSetUp() ? await processReceivedEvents(db, stripe(), { signal }) : 0;
        if (processed > 0) log.info({ processed }, "Stripe events processed");
      },
    },
    {
      name: "reconcile billing",
      everyMs: 15 * MINUTE,
      async run({ db, log }, signal) {
        if (!isBillingSetUp()) return;
        const reconciled = await reconcileBilling(db, stripe(), { signal });
        if (reconciled.repaired > 0)
          log.warn({ reconciled }, "Stripe events recovered that no webhook had delivered");
      },
    },
    {
      name: "end grace periods",
      everyMs: MINUTE,
      async run({ db, log }) {
        const ended = isBillingSetUp() ? await endGracePeriods(db, stripe()) : 0;
        if (ended > 0) log.info({ ended }, "grace periods ended");
      },
    },
    {
      name: "notify of billing incidents",
      everyMs: MINUTE,
      async run({ db, log }) {
        const sent = await notifyIncidents(db);
        if (sent > 0) log.info({ sent }, "billing incident emails sent");
      },
    },
    {
      name: "sample status",
      // Twice a minute, so that none is missed when a run comes late. The first finding of a minute counts.
      everyMs: 28 * SECOND,
      async run({ db, queue }) {
        await sampleStatus({ db, queue });
      },
    },
    {
      name: "send status emails",
      everyMs: 15 * SECOND,
      async run({ db, log }, signal) {
        const sent = await sendStatusEmails(db, { signal });
        if (sent > 0) log.info({ sent }, "emails about the status sent");
      },
    },
    {
      name: "send usage alerts",
      everyMs: MINUTE,
      async run({ db, log }, signal) {
        await recordThresholds(db);
        const sent = await notifyThresholds(db, { signal });
        if (sent > 0) log.info({ sent }, "usage alerts sent");
      },
    },
    {
      name: "report overage",
      everyMs: MINUTE,
      async run({ db, log }, signal) {
        if (!isBillingSetUp()) return;
        const { reported, refused } = await reportOverage(db, stripe(), { signal });
        if (reported + refused > 0) log.info({ reported, refused }, "overage reported");
      },
    },
    {
      name: "compare overage",
      everyMs: HOUR,
      async run({ db, log }, signal) {
        if (!isBillingSetUp()) return;
        const compared = await compareOverage(db, stripe(), { signal });
        if (compared.organizations > 0) log.info({ compared }, "overage compared");
      },
    },
    {
      name: "end plan overrides",
      everyMs: MINUTE,
      async run({ db, log }) {
        const ended = await endExpiredOverrides(db, stripeIfSetUp());
        if (ended > 0) log.info({ ended }, "plan overrides ended");
        if (!isBillingSetUp()) return;
        await syncOverrideBilling(db, stripe());
        await endSubscriptionsOfDeleted(db, stripe());
      },
    },
    {
      name: "write audit heads",
      everyMs: HOUR,
      async run({ db, log }) {
        const { broken, ...written } = await writeHeads(db, evidenceStorage());
        auditMetrics().chainsBroken.set(broken.length);
        auditMetrics().headsLocked.set(written.locked ? 1 : 0);
        if (broken.length > 0) {
          log.error(
            { broken },
            "audit chains differ from the heads stored outside the database: run audit:verify",
          );
        }
        if (written.locked) log.info(written, "audit heads written");
        else
          log.warn(written, "audit heads written where they can be deleted: the bucket has no Object Lock");
      },
    },
    {
      name: "reconcile usage",
      everyMs: HOUR,
      async run({ db, log }, signal) {
        const { OPENAI_ADMIN_KEY: adminKey, OPENAI_BASE_URL: baseUrl } = env();
        if (adminKey === undefined) return;
        const days = await reconcileUsage(db, { admin: { adminKey, baseUrl }, signal });
        for (const { day, models, drifts } of days) {
          const compared = { day, models, drifts: drifts.length };
          if (drifts.length > 0) log.warn(compared, "the ledger differs from OpenAI's usage");
          else log.info(compared, "usage compared with OpenAI's: no difference");
        }
      },
    },
    {
      name: "announce what ends soon",
      everyMs: HOUR,
      async run({ db, log }) {
        const announced = (await announceExpiringKeys(db)) + (await announceRetiringModels(db));
        if (announced > 0) log.info({ announced }, "ends of keys and models announced");
      },
    },
    {
      name: "notify of disabled webhooks",
      everyMs: MINUTE,
      async run({ db, log }) {
        const sent = await notifyDisabledEndpoints(db);
        if (sent > 0) log.info({ sent }, "webhook emails sent");
      },
    },
    {
      name: "notify of failing audit streams",
      everyMs: 5 * MINUTE,
      async run({ db, log }) {
        const sent = await notifyFailingStreams(db);
        if (sent > 0) log.info({ sent }, "emails about audit streams sent");
      },
    },
    {
      name: "check domains",
      everyMs: 5 * MINUTE,
      async run({ db, log }, signal) {
        const changed = await recheckDomains(db, { signal });
        const notified = await notifyMissingDomains(db);
        if (changed + notified > 0)
          log.warn({ changed, notified }, "records of verified domains are missing");
      },
    },
    {
      name: "make exports",
      everyMs: 5 * SECOND,
      // One after the other, each as large as what an organization has.
      takesMs: 6 * HOUR,
      async run({ db, log }, signal) {
        const made = await makeExports(db, { signal });
        const expired = await expireExports(db);
        if (made + expired > 0) log.info({ made, expired }, "exports made");
      },
    },
    {
      name: "send links of exports",
      everyMs: 5 * SECOND,
      async run({ db, log }) {
        const sent = await sendExportLinks(db);
        if (sent > 0) log.info({ sent }, "links of exports sent");
      },
    },
    ...retentionJobs,
  ];
}
