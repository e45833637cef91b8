import type { Standing } from "./standing";

/** The cell's row as this process's database has it. */
export interface CellRow {
  epoch: number;
  supersededBy: number | null;
  /** Whether the database is a standby. */
  follows: boolean;
  /** Whether a standby takes what is written to it. */
  isFollowed: boolean;
}

/** What a process holds between two looks. */
export interface Position {
  standing: Standing;
  /** The epoch under which it began to write. */
  held: number | undefined;
  /** When it asked for its last sign: from then on its time runs. */
  signAt: number;
}

/** What one look has shown; undefined is what could not be seen. */
export interface Look {
  row: CellRow | undefined;
  newest: number | undefined;
  asked: number;
  now: number;
}

export interface Rules {
  /** How long a process goes on without a sign that it may. */
  ttlMs: number;
  /** Whether epochs are kept outside; without, no standby can be promoted behind our back. */
  hasStore: boolean;
  /** Whether who takes what we write counts as a sign: only where one bucket cannot decide alone. */
  followersCount: boolean;
}

export const START: Position = { standing: "waiting", held: undefined, signAt: Number.NEGATIVE_INFINITY };

/** What a process may do after a look. A pure function, so that a model can visit every order of events (ADR 104). */
export function judge(before: Position, look: Look, rules: Rules): Position {
  return before.held === undefined ? enter(before, look, rules) : stay(before, before.held, look, rules);
}

/** Without an epoch: takes the database's, where it writes and no later one is known. */
function enter(before: Position, { row, newest, asked }: Look, { hasStore }: Rules): Position {
  if (row === undefined)
    return { ...before, standing: before.standing === "standby" ? "standby" : "waiting" };
  if (row.follows) return { ...before, standing: "standby" };
  const confirmed = !hasStore || newest === row.epoch;
  if (!confirmed || row.supersededBy !== null) return { ...before, standing: "waiting" };
  return { standing: "active", held: row.epoch, signAt: asked };
}

function stay(
  before: Position,
  held: number,
  { row, newest, asked, now }: Look,
  { ttlMs, hasStore, followersCount }: Rules,
): Position {
  if (before.standing === "fenced") return before;
  const highest = Math.max(row?.epoch ?? 0, row?.supersededBy ?? 0, newest ?? 0);
  // A database that follows again was rebuilt under us: what is in memory is of another one.
  if (highest > held || row?.follows === true) return { ...before, standing: "fenced" };
  const isSign = !hasStore || newest === held || (followersCount && row?.isFollowed === true);
  const signAt = isSign ? asked : before.signAt;
  return { held, signAt, standing: now - signAt > ttlMs ? "lapsed" : "active" };
}
