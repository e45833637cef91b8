import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { EpochStore } from "../../../src/core/platform/cell/epoch-store";

/** Why nothing was promoted; for whoever is at the keyboard. */
export class PromotionRefused extends Error {
  override name = "PromotionRefused";
}

export interface PromotionParts {
  /** The database that is to write, as its owner. */
  sql: Pick<pg.Client, "query">;
  store: Pick<EpochStore, "newest" | "raise" | "noteOf">;
  /** `CELL_EPOCH_TTL_MS` of the cell's processes. */
  ttlMs: number;
  say(line: string): void;
  pollMs?: number;
}

/** As long as `cell_is_followed` takes an answer of the standby for news. */
const FOLLOWED_MS = 12_000;

interface State {
  epoch: number;
  supersededBy: number | null;
  follows: boolean;
  receives: boolean;
  timeline: number;
  database: string;
}

/**
 * Makes a standby its cell's writer, or finishes that after a managed service has promoted it. In this order, so that no process of the
 * epoch before writes once the new one does, whatever it can see: the epoch outside is raised; the standby has taken nothing
 * for longer than a process goes on without a sign; only then it is promoted, and its own epoch raised. Repeating it after a
 * failure goes on where it stopped. Returns the new epoch.
 * @throws PromotionRefused
 */
export async function promote(parts: PromotionParts): Promise<number> {
  const { sql, store, say } = parts;
  const state = await read(sql);
  const newest = await store.newest();
  if (state.supersededBy !== null) {
    throw new PromotionRefused(
      `This database was left behind by epoch ${state.supersededBy}. Rebuild it as a standby of the one that writes.`,
    );
  }
  const epoch = newest === state.epoch && state.follows ? await begin(parts, state, newest + 1) : newest;
  if (epoch !== newest) say(`Epoch ${epoch} has begun outside: processes that see it stop now.`);
  else await assertResumable(store, state, newest);

  if (state.follows) {
    await untilAlone(parts);
    await sql.query("SELECT pg_promote(true, 120)");
    if ((await read(sql)).follows)
      throw new PromotionRefused("PostgreSQL did not promote it within two minutes. Repeat.");
    say("The standby is a primary.");
  } else {
    say(
      `Already a primary: waiting ${seconds(parts.ttlMs + FOLLOWED_MS)} s for processes that saw it follow.`,
    );
    await sleep(parts.ttlMs + FOLLOWED_MS);
  }
  await sql.query("UPDATE cell_epoch SET epoch = $1, since = now(), superseded_by = NULL", [epoch]);
  // What was opened before only reads, or belongs to the epoch before.
  await sql.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  say(`It writes under epoch ${epoch}.`);
  return epoch;
}

async function begin(
  { store }: PromotionParts,
  { database, timeline }: State,
  epoch: number,
): Promise<number> {
  await store.raise(epoch, { at: new Date().toISOString(), database, timeline });
  return epoch;
}

/** An epoch that was begun may be finished by its own database alone: another one would be a second writer. */
async function assertResumable(store: PromotionParts["store"], state: State, newest: number): Promise<void> {
  if (newest === state.epoch) throw new PromotionRefused(`It writes already, under epoch ${newest}.`);
  const note = await store.noteOf(newest);
  const own = note !== undefined && newest === state.epoch + 1 && note.database === state.database;
  const promoted = state.follows || (note !== undefined && state.timeline > note.timeline);
  if (own && promoted) return;
  throw new PromotionRefused(
    `Epoch ${newest} was begun for another database (${note?.database ?? "unknown"}). Rebuild this one as a standby of it.`,
  );
}

/** Until the standby has taken nothing for so long that no process of the other region can count on it. */
async function untilAlone({ sql, ttlMs, say, pollMs = 500 }: PromotionParts): Promise<void> {
  const needed = ttlMs + FOLLOWED_MS;
  say(`Waiting until nothing has come from the other region for ${seconds(needed)} s.`);
  let aloneSince = performance.now();
  let told = false;
  while (performance.now() - aloneSince < needed) {
    if ((await read(sql)).receives) {
      aloneSince = performance.now();
      if (!told) say("It still follows the other region. If that lives, stop its database now.");
      told = true;
    }
    await sleep(pollMs);
  }
}

async function read(sql: PromotionParts["sql"]): Promise<State> {
  const { rows } = await sql.query<State>(`
    SELECT epoch, superseded_by AS "supersededBy", pg_is_in_recovery() AS follows,
      EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receives,
      CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
        ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
      coalesce(host(inet_server_addr()), 'local') || ':' || current_setting('port') AS database
    FROM cell_epoch`);
  const [row] = rows;
  if (row === undefined) throw new PromotionRefused("The database has no epoch: run the migrations first.");
  return row;
}

const seconds = (ms: number) => Math.round(ms / 1_000);
