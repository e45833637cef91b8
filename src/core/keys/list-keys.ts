import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import { fromPublicId, toPublicId } from "../platform/ids";
import type { Principal } from "../platform/principal";
import { keysInReach } from "./keys-in-reach";
import type { KeyListView, ListKeysInput } from "./schemas";
import { keyColumns } from "./to-key-view";
import { viewKeys } from "./view-keys";

/**
 * The organization's keys, newest first, ended ones included; never their secrets. A key sees those of its own
 * environment. @throws AppError `invalid_cursor`.
 */
export async function listKeys(
  db: Db,
  { principal, input }: { principal: Principal; input: ListKeysInput },
  clock: Clock = systemClock,
): Promise<KeyListView> {
  const before = input.cursor === undefined ? undefined : decodeCursor(input.cursor);
  const rows = await db.apiKey.findMany({
    where: { ...keysInReach(principal), ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    select: keyColumns,
  });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return {
    data: await viewKeys(db, { orgId: principal.orgId, rows: page, now: clock.now() }),
    next_cursor: rows.length > page.length && last !== undefined ? toPublicId("key", last.id) : null,
  };
}

/** The cursor is the last key seen: it stays right when newer keys are made meanwhile. */
function decodeCursor(cursor: string): string {
  try {
    return fromPublicId("key", cursor);
  } catch (error) {
    throw new AppError("invalid_cursor", {
      public: "This cursor is not one of ours. Take next_cursor from the page before.",
      param: "cursor",
      cause: error,
    });
  }
}
