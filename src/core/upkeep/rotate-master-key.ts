import { recordAuditIn } from "../audit";
import type { Db } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { KeyService } from "../platform/crypto/key-service/key-service";
import { gauge } from "../platform/observability/metrics";
import { type Rewrapped, rewrapDataKeys, wrappedByOthers } from "../privacy";

const rotationMetrics = singleton("master key rotation metrics", () => ({
  left: gauge(
    "agatha_data_keys_of_earlier_master_keys",
    "Data keys that an earlier master key wraps, after the last run of the job that wraps them anew. At 0 the earlier key can go.",
    [],
  ),
}));

/** Wraps data keys with the current master key, and records how many. */
export async function rotateMasterKey(
  db: Db,
  options: { service?: KeyService; signal?: AbortSignal } = {},
): Promise<Rewrapped> {
  const done = await rewrapDataKeys(db, options);
  const { kekId, rewrapped, failed } = done;
  if (rewrapped > 0) {
    await db.$transaction((tx) =>
      recordAuditIn(tx, {
        orgId: null,
        actor: { type: "system", id: null },
        action: "data.keys_rewrapped",
        details: { master_key: kekId, keys: rewrapped, failed },
      }),
    );
  }
  const left = await db.dataKey.count({ where: wrappedByOthers(kekId) });
  rotationMetrics().left.set(left);
  return done;
}
