import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { readPage } from "../../platform/list";
import type { Principal } from "../../platform/principal";
import type { KeyListView, ListKeysInput } from "../schemas";
import { keyColumns } from "./to-key-view";
import { viewKeys } from "./view-keys";
import { visibleKeys } from "./visible-keys";

/**
 * The organization's keys, newest first, ended ones included; never their secrets. A key sees those of its own
 * environment. @throws AppError `invalid_cursor`.
 */
export async function listKeys(
  db: Db,
  { principal, input }: { principal: Principal; input: ListKeysInput },
  clock: Clock = systemClock,
): Promise<KeyListView> {
  const { orgId } = principal;
  const reach = visibleKeys(principal);
  const identity = { list: "keys", owner: orgId, filter: reach };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    db.apiKey.findMany({ where: { ...reach, ...where }, orderBy: { id: order }, take, select: keyColumns }),
  );
  return { data: await viewKeys(db, { orgId, rows, now: clock.now() }), next_cursor };
}
