import type pg from "pg";
import type { EpochNote, EpochStore } from "../../../src/core/platform/cell/epoch-store";

/** Why nothing was changed; for whoever is at the keyboard. */
export class PromotionRefused extends Error {
  override name = "PromotionRefused";
}

export interface PromotionParts {
  /** The database that is to write, as its owner. */
  sql: Pick<pg.Client, "query">;
  store: Pick<EpochStore, "newest" | "raise" | "noteOf" | "decidesAlone">;
  /** `CELL_EPOCH_TTL_MS` of the cell's processes. */
  ttlMs: number;
  say(line: string): void;
  pollMs?: number;
}

export interface DatabaseState {
  epoch: number;
  supersededBy: number | null;
  follows: boolean;
  receives: boolean;
  timeline: number;
  database: string;
}

export async function readState(sql: PromotionParts["sql"]): Promise<DatabaseState> {
  // A role that may not see the receiver's status takes it for a living one.
  const { rows } = await sql.query<DatabaseState>(`
    SELECT epoch, superseded_by AS "supersededBy", pg_is_in_recovery() AS follows,
      EXISTS (SELECT FROM pg_stat_wal_receiver WHERE coalesce(status, 'streaming') = 'streaming') AS receives,
      CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
        ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
      coalesce(host(inet_server_addr()), 'local') || ':' || current_setting('port') AS database
    FROM cell_epoch`);
  const [row] = rows;
  if (row === undefined) throw new PromotionRefused("The database has no epoch: run the migrations first.");
  return row;
}

/** The newest epoch outside, and whether it was begun for this database: the only one that may finish it. */
export async function readNewest(
  store: PromotionParts["store"],
  state: DatabaseState,
): Promise<{ newest: number; note: EpochNote | undefined; isOwn: boolean }> {
  const newest = await store.newest();
  const note = await store.noteOf(newest);
  // One that was left behind may have the same address in another network; its timeline has not risen.
  const isOwn =
    note?.database === state.database &&
    (state.follows ? newest === state.epoch + 1 : state.timeline > note.timeline);
  return { newest, note, isOwn };
}

/** Another database than the one that an epoch was begun for would be a second writer. */
export function assertNotLeftBehind(
  { epoch, supersededBy }: DatabaseState,
  { newest, note, isOwn }: Awaited<ReturnType<typeof readNewest>>,
): void {
  // The mark of its own epoch has come over the link, from the database that it still followed.
  if (supersededBy !== null && !(isOwn && supersededBy === newest)) {
    throw new PromotionRefused(
      `This database was left behind by epoch ${supersededBy}. Rebuild it as a standby of the one that writes.`,
    );
  }
  if (newest === epoch || (isOwn && newest === epoch + 1)) return;
  throw new PromotionRefused(
    `Epoch ${newest} was begun for another database (${note?.database ?? "unknown"}). Rebuild this one as a standby of it.`,
  );
}
