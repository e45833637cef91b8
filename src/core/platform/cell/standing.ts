import type { ClientBase } from "pg";
import { singleton } from "../concurrency/singleton";
import { AppError } from "../errors";

/**
 * What this process may do for its cell.
 *
 * - `alone`: there is one installation, and nothing to be told.
 * - `waiting`: not yet known, or its database is not the one that writes.
 * - `standby`: its database follows another region's: it reads.
 * - `active`: its epoch is the cell's.
 * - `lapsed`: that was not confirmed for too long; it may be again.
 * - `fenced`: another epoch began. Only a new process can serve again.
 */
export type Standing = "alone" | "waiting" | "standby" | "active" | "lapsed" | "fenced";

interface Position {
  standing: Standing;
  epoch: number | undefined;
  /** Of the monotonic clock: a process that was frozen wakes up after it. */
  validUntil: number;
  changed: Set<(standing: Standing) => void>;
  /** Sessions that were opened without an epoch. */
  reading: Set<Session>;
}

type Session = Pick<ClientBase, "query" | "once">;

/** One a process: its pages and its API stand or fall together. */
const position = singleton(
  "cell standing",
  (): Position => ({
    standing: "alone",
    epoch: undefined,
    validUntil: Number.POSITIVE_INFINITY,
    changed: new Set(),
    reading: new Set(),
  }),
);

export function standing(): Standing {
  const now = position();
  return now.standing === "active" && performance.now() > now.validUntil ? "lapsed" : now.standing;
}

/** Whether this process may begin work that writes. */
export function mayWrite(): boolean {
  const now = standing();
  return now === "alone" || now === "active";
}

/** Calls back at every change, until the returned function is called. */
export function onStanding(changed: (standing: Standing) => void): () => void {
  position().changed.add(changed);
  return () => position().changed.delete(changed);
}

export function setStanding(next: Standing, epoch: number | undefined, validUntil: number): void {
  const now = position();
  const differs = now.standing !== next;
  const sessions = now.epoch === undefined && epoch !== undefined ? [...now.reading] : [];
  Object.assign(now, { standing: next, epoch, validUntil });
  for (const session of sessions) void beginWriting(session, epoch);
  if (differs) for (const tell of now.changed) tell(next);
}

/**
 * Makes a new session of PostgreSQL say under which epoch it writes: the database refuses what is of an earlier one. Without
 * an epoch it only reads.
 */
export async function enterEpoch(client: Session): Promise<void> {
  const { standing: now, epoch, reading } = position();
  if (now === "alone") return;
  if (now === "fenced") throw elsewhere();
  if (epoch === undefined) {
    reading.add(client);
    client.once("end", () => reading.delete(client));
    await client.query("SET default_transaction_read_only = on");
  } else await client.query("SELECT set_config('agathaai.epoch', $1, false)", [String(epoch)]);
}

/** What was opened while this process only read may write as soon as it does. */
async function beginWriting(session: Session, epoch: number | undefined): Promise<void> {
  position().reading.delete(session);
  const text =
    "SELECT set_config('agathaai.epoch', $1, false), set_config('default_transaction_read_only', 'off', false)";
  // A session that has ended meanwhile is replaced by its pool.
  await session.query(text, [String(epoch)]).catch(() => undefined);
}

function elsewhere(): AppError {
  return new AppError("service_unavailable", {
    public: "Another region has taken over. Try again in a moment.",
    internal: "a process of an earlier epoch was refused a connection",
    retryAfterSeconds: 5,
  });
}
