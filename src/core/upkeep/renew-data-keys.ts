import { recordAuditIn } from "../audit";
import type { Clock, Db } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { KeyService } from "../platform/crypto/key-service/key-service";
import type { GaugeSource } from "../platform/observability/gauges";
import { gauge } from "../platform/observability/metrics";
import { countOverdue, type Rotated, rotateDataKeys } from "../privacy";

const renewalMetrics = singleton("data key rotation metrics", () => ({
  overdue: gauge(
    "agatha_data_keys_overdue",
    "Data keys that encrypt although they should have had a new version a day ago.",
    [],
  ),
}));

/** Read by whoever is scraped, not told by the job: one that never runs is noticed as well. */
export const dataKeyGauges: GaugeSource = {
  source: "database",
  gauges: () => [renewalMetrics().overdue],
  async read({ db }) {
    renewalMetrics().overdue.set(await countOverdue(db));
  },
};

/** Gives data keys that have served their time, or their number of encryptions, a new version, and records how many. */
export async function renewDataKeys(
  db: Db,
  options: { clock?: Clock; service?: KeyService; signal?: AbortSignal } = {},
): Promise<Rotated> {
  const done = await rotateDataKeys(db, options);
  const { rotated, failed } = done;
  if (rotated > 0) {
    await db.$transaction((tx) =>
      recordAuditIn(tx, {
        orgId: null,
        actor: { type: "system", id: null },
        action: "data.keys_renewed",
        details: { keys: rotated, failed },
      }),
    );
  }
  return done;
}
