import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Principal } from "../../platform/principal";
import { keyNotFound } from "../manage/key-manager";
import type { KeyIdInput, KeyView } from "../schemas";
import { keyColumns } from "./to-key-view";
import { viewKey } from "./view-keys";
import { visibleKeys } from "./visible-keys";

/** One of the keys in the caller's reach, ended or not; never its secret. @throws AppError `not_found`. */
export async function getKey(
  db: Db,
  { principal, input }: { principal: Principal; input: KeyIdInput },
  clock: Clock = systemClock,
): Promise<KeyView> {
  const row = await db.apiKey.findUnique({
    where: { id: input.id, ...visibleKeys(principal) },
    select: keyColumns,
  });
  if (row === null) throw keyNotFound();
  return await viewKey(db, { orgId: principal.orgId, row, now: clock.now() });
}
