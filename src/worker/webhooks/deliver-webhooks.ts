import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "@agathaai/core/platform";
import { env } from "@agathaai/core/platform/env";
import { publicConnections } from "@agathaai/core/platform/network/public-connections";
import type { Log } from "@agathaai/core/platform/observability/log";
import { AttemptRecords, type ClaimedDelivery, claimDeliveries } from "@agathaai/core/webhooks";
import type { Agent } from "undici";
import { workerMetrics } from "../metrics";
import { sendWebhook } from "./send-webhook";

const AT_ONCE = 64;
const POLL_MS = 1_000;
/** Between two claims of a backlog: many small rounds, because a burst would hold up whoever shares the core or the database. */
const ROUND_MS = 50;

/**
 * Sends due deliveries until told to stop, at most `WEBHOOK_SENDS_PER_SECOND`. Any number of processes may do so. The next deliveries of an endpoint are taken when
 * the ones before have ended: a slow endpoint uses a few of the parallel sends, and never delays the others. Deliveries that are
 * under way at the stop are finished, within fifteen seconds; those of a dead process are sent again by another, with the same `webhook-id`.
 */
export async function deliverWebhooks({ db, log }: { db: Db; log: Log }, stop: AbortSignal): Promise<void> {
  const { WEBHOOK_PRIVATE_TARGETS: allowPrivate, WEBHOOK_SENDS_PER_SECOND: rate } = env();
  const roundMs = Math.max(ROUND_MS, 1_000 / rate);
  const aRound = Math.round((rate * roundMs) / 1_000);
  const connections = publicConnections({ allowPrivate });
  const records = new AttemptRecords(db);
  const underWay = new Map<string, Promise<void>>();
  let free = AT_ONCE;
  while (!stop.aborted) {
    const limit = Math.min(free, aRound);
    const claimed = await claim(db, log, { limit, except: [...underWay.keys()] });
    free -= claimed.length;
    for (const endpointId of new Set(claimed.map((delivery) => delivery.endpointId))) {
      const deliveries = claimed.filter((delivery) => delivery.endpointId === endpointId);
      const sending = deliveries.map((delivery) =>
        deliver({ records, log, connections, allowPrivate }, delivery),
      );
      const ended = Promise.all(sending).then(() => {
        free += deliveries.length;
        underWay.delete(endpointId);
      });
      underWay.set(endpointId, ended);
    }
    const pause = (ms: number) => sleep(ms, undefined, { signal: stop }).catch(() => undefined);
    const isBacklog = limit > 0 && claimed.length === limit;
    if (!isBacklog) await Promise.race([...underWay.values(), pause(POLL_MS)]);
    await pause(roundMs);
  }
  await Promise.all(underWay.values());
  await connections.destroy();
}

/** Never throws: a delivery whose result could not be recorded is claimed and sent again. */
async function deliver(
  {
    records,
    log,
    connections,
    allowPrivate,
  }: { records: AttemptRecords; log: Log; connections: Agent; allowPrivate: boolean },
  delivery: ClaimedDelivery,
): Promise<void> {
  try {
    const attempt = await sendWebhook(delivery, { connections, allowPrivate });
    const result = await records.finish(delivery, attempt);
    workerMetrics().webhookAttempts.inc({ result });
    if (result === "disabled") log.warn({ endpoint: delivery.endpointId }, "webhook endpoint disabled");
  } catch (error) {
    log.error({ err: error, delivery: delivery.id }, "a webhook attempt could not be recorded");
  }
}

/** Empty while the database is unavailable: the next round asks again. */
async function claim(
  db: Db,
  log: Log,
  wanted: { limit: number; except: readonly string[] },
): Promise<ClaimedDelivery[]> {
  if (wanted.limit === 0) return [];
  try {
    return await claimDeliveries(db, wanted);
  } catch (error) {
    log.warn({ err: error }, "webhook deliveries could not be claimed");
    return [];
  }
}
