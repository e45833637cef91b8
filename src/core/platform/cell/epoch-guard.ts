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

export interface GuardParts {
  row(): Promise<CellRow>;
  /** The newest epoch that any region knows; absent where no standby can be promoted behind our back. */
  newest?: (() => Promise<number>) | undefined;
  /** Tells the database that a later epoch exists. */
  supersede(by: number): Promise<void>;
  /** Called after each look: what holds now, and until when without another sign. */
  decided(standing: Standing, epoch: number | undefined, validUntil: number): void;
  /** How long a process goes on without a sign that it may. */
  ttlMs: number;
  now?: () => number;
}

/**
 * Decides what this process may do for its cell. A promotion begins by raising the epoch outside of all databases and
 * waits longer than `ttlMs` before it writes; so a process that cannot see it has stopped by then.
 *
 * A sign is either the shared store naming our epoch, or a standby that still takes what we write: who follows us was not
 * promoted. So neither the store nor the standby alone can stop a cell.
 */
export class EpochGuard {
  readonly #now: () => number;
  #held: number | undefined;
  #standing: Standing = "waiting";
  #signAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: GuardParts) {
    this.#now = parts.now ?? (() => performance.now());
  }

  async check(): Promise<Standing> {
    const asked = this.#now();
    const [row, newest] = await Promise.all([
      this.parts.row().catch(unknown),
      this.parts.newest === undefined ? undefined : this.parts.newest().catch(unknown),
    ]);
    const next =
      this.#held === undefined ? this.#enter(row, newest, asked) : this.#stay(this.#held, row, newest, asked);
    if (next === "fenced" && row !== undefined && !row.follows) await this.#tellDatabase(row, newest);
    this.#standing = next;
    this.parts.decided(
      next,
      this.#held,
      this.parts.newest === undefined ? Number.POSITIVE_INFINITY : this.#signAt + this.parts.ttlMs,
    );
    return next;
  }

  /** Without an epoch: takes the database's, where it writes and no later one is known. */
  #enter(row: CellRow | undefined, newest: number | undefined, asked: number): Standing {
    if (row === undefined) return this.#standing === "standby" ? "standby" : "waiting";
    if (row.follows) return "standby";
    const confirmed = this.parts.newest === undefined || newest === row.epoch;
    if (!confirmed || row.supersededBy !== null) return "waiting";
    this.#held = row.epoch;
    this.#signAt = asked;
    return "active";
  }

  #stay(held: number, row: CellRow | undefined, newest: number | undefined, asked: number): Standing {
    if (this.#standing === "fenced") return "fenced";
    const highest = Math.max(row?.epoch ?? 0, row?.supersededBy ?? 0, newest ?? 0);
    // A database that follows again was rebuilt under us: what is in memory is of another one.
    if (highest > held || row?.follows === true) return "fenced";
    const sign = this.parts.newest === undefined || newest === held || row?.isFollowed === true;
    if (sign) this.#signAt = asked;
    return this.#now() - this.#signAt > this.parts.ttlMs ? "lapsed" : "active";
  }

  async #tellDatabase({ epoch, supersededBy }: CellRow, newest: number | undefined): Promise<void> {
    if (supersededBy !== null || newest === undefined || newest <= epoch) return;
    // Out of reach: the next look tells it.
    await this.parts.supersede(newest).catch(unknown);
  }
}

const unknown = () => undefined;
