import { recordAuditIn } from "../audit";
import type { Clock, Db } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { KeyService } from "../platform/crypto/key-service/key-service";
import { gauge } from "../platform/observability/metrics";
import { countOverdue, type Rotated, rotateDataKeys } from "../privacy";

export const renewalMetrics = singleton("data key rotation metrics", () => ({
  overdue: gauge(
    "agatha_data_keys_overdue",
    "Data keys that encrypt although they should have had a new version a day ago, after the last run of the job that makes them.",
    [],
  ),
}));

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
  renewalMetrics().overdue.set(await countOverdue(db, options.clock));
  return done;
}
