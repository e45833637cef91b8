import { type CellRow, judge, START } from "./judge";
import type { Standing } from "./standing";

export interface GuardParts {
  row(): Promise<CellRow>;
  /** The newest epoch that any region knows; absent where no standby can be promoted behind our back. */
  newest?: (() => Promise<number>) | undefined;
  /** Whether `newest` alone decides; otherwise a standby that takes what we write is a sign as well. */
  decidesAlone?: boolean | undefined;
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
 * A sign is most of the witnesses naming our epoch. Where there is one bucket only, a standby that still takes what we write
 * is a sign as well (who follows us was not promoted), so that neither of the two alone can stop a cell.
 */
export class EpochGuard {
  readonly #now: () => number;
  #position = START;

  constructor(private readonly parts: GuardParts) {
    this.#now = parts.now ?? (() => performance.now());
  }

  async check(): Promise<Standing> {
    const { newest: ask, decidesAlone = false, ttlMs } = this.parts;
    const asked = this.#now();
    const [row, newest] = await Promise.all([
      this.parts.row().catch(unknown),
      ask === undefined ? undefined : ask().catch(unknown),
    ]);
    const next = judge(
      this.#position,
      { row, newest, asked, now: this.#now() },
      { ttlMs, hasStore: ask !== undefined, followersCount: !decidesAlone },
    );
    if (next.standing === "fenced" && row !== undefined && !row.follows)
      await this.#tellDatabase(row, newest);
    this.#position = next;
    const validUntil = ask === undefined ? Number.POSITIVE_INFINITY : next.signAt + ttlMs;
    this.parts.decided(next.standing, next.held, validUntil);
    return next.standing;
  }

  async #tellDatabase({ epoch, supersededBy }: CellRow, newest: number | undefined): Promise<void> {
    if (supersededBy !== null || newest === undefined || newest <= epoch) return;
    // Out of reach: the next look tells it.
    await this.parts.supersede(newest).catch(unknown);
  }
}

const unknown = () => undefined;
