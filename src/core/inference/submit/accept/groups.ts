import type { Db } from "../../../platform";
import {
  type Acceptance,
  type InsertOutcome,
  type InsertRequests,
  insertLeasedRequests,
  insertRequests,
  isStatementError,
} from "./insert-requests";

/**
 * Statements at once, per process and database: more would only make smaller groups, and starting a statement costs more than the few
 * requests in it. So the second one goes where as many wait as are worth it, or the first one is held up.
 */
const MAX_RUNNING = 2;
const WORTH_A_SECOND = 8;
const HELD_UP_MS = 10;
const MAX_GROUP = 64;
/** Keeps a statement from growing much past this when inputs are long. */
const MAX_GROUP_BYTES = 1_000_000;
/** A request whose group failed this often is committed alone. */
const MAX_FAILED_GROUPS = 3;

interface Waiting {
  acceptance: Acceptance;
  /** How many of its groups could not be committed whole. */
  failedGroups: number;
  resolve(outcome: Settled): void;
  reject(error: unknown): void;
}

export type Settled = Exclude<InsertOutcome, { outcome: "contended" }>;

/**
 * Requests that arrive while a commit is under way share the next one (group commit): at rest each goes alone and at once, under load
 * one round trip and one flush to disk carry dozens.
 */
export class Groups {
  #waiting: Waiting[] = [];
  #running = 0;
  #scheduled = false;
  #startedAt = 0;
  #heldUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Db,
    private readonly insert: InsertRequests,
  ) {}

  add(acceptance: Acceptance): Promise<Settled> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ acceptance, failedGroups: 0, resolve, reject });
      this.#next();
    });
  }

  /** Requests of the same turn of the event loop go together. */
  #next(): void {
    if (this.#scheduled) return;
    if (!this.#mayStart()) {
      if (this.#waiting.length > 0 && this.#running === 1)
        this.#heldUp ??= setTimeout(() => this.#later(), HELD_UP_MS);
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#mayStart()) {
        this.#running++;
        this.#startedAt = performance.now();
        void this.#commit(this.#takeGroup()).finally(() => {
          this.#running--;
          this.#next();
        });
      }
    });
  }

  #later(): void {
    this.#heldUp = undefined;
    this.#next();
  }

  #mayStart(): boolean {
    const { length } = this.#waiting;
    if (length === 0 || this.#running >= MAX_RUNNING) return false;
    if (this.#running === 0 || length >= WORTH_A_SECOND) return true;
    return performance.now() - this.#startedAt >= HELD_UP_MS - 1;
  }

  /** In order of arrival; of two with the same key the second goes into the next group. */
  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const { request, idempotency } = waiting.acceptance;
      const key =
        idempotency && JSON.stringify([request.orgId, idempotency.claim.operation, idempotency.claim.key]);
      const full = group.length >= MAX_GROUP || bytes >= MAX_GROUP_BYTES || group.some(goesAlone);
      if (full || (group.length > 0 && goesAlone(waiting)) || (key !== undefined && keys.has(key))) {
        rest.push(waiting);
        continue;
      }
      if (key !== undefined) keys.add(key);
      bytes += request.inputCipher.byteLength;
      group.push(waiting);
    }
    this.#waiting = rest;
    return group;
  }

  async #commit(group: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.insert(
        this.db,
        group.map(({ acceptance }) => acceptance),
      );
      const contended = group.filter((waiting, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined || outcome.outcome === "contended") return true;
        waiting.resolve(outcome);
        return false;
      });
      this.#again(contended, contended.length === group.length ? 1 : 0);
    } catch (error) {
      // One bad request must not fail the others: each is retried alone.
      if (isStatementError(error) && group.length > 1) return this.#again(group, MAX_FAILED_GROUPS);
      // Without a database all that wait would fail anyway, one time-out after the other.
      const lost = isStatementError(error) ? group : [...group, ...this.#waiting.splice(0)];
      for (const { reject } of lost) reject(error);
    }
  }

  #again(group: Waiting[], failedGroups: number): void {
    for (const waiting of group) waiting.failedGroups += failedGroups;
    this.#waiting.unshift(...group);
  }
}

function goesAlone({ failedGroups }: Waiting): boolean {
  return failedGroups >= MAX_FAILED_GROUPS;
}

function groupsFor(insert: InsertRequests): (db: Db) => Groups {
  const known = new WeakMap<Db, Groups>();
  return (db) => {
    const groups = known.get(db) ?? new Groups(db, insert);
    known.set(db, groups);
    return groups;
  };
}

/** Of requests that reserve in the counters. */
export const directGroups: (db: Db) => Groups = groupsFor(insertRequests);

/** Of those that reserve in leases, and of test requests. */
export const leasedGroups: (db: Db) => Groups = groupsFor(insertLeasedRequests);
