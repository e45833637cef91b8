import { setTimeout } from "node:timers/promises";
import { AppError, type Db } from "../../platform";
import { type LimitState, limitReached, RECALL_PAUSE_MS, recallLeases, recordRefusal } from "../../quota";
import type { StoredResponse } from "../schemas";
import { readFirstResponse } from "./idempotency";
import {
  type Acceptance,
  type InsertOutcome,
  insertRequests,
  isStatementError,
  type NewRequest,
} from "./insert-requests";

/** Statements at once, per process and database: more would only make smaller groups. */
const MAX_RUNNING = 2;
const MAX_GROUP = 64;
/** Keeps a statement from growing much past this when inputs are long. */
const MAX_GROUP_BYTES = 1_000_000;
/** A request whose group failed this often is committed alone. */
const MAX_FAILED_GROUPS = 3;
/** A process that dies with a lease is recovered within it. */
const RECALL_TIMEOUT_MS = 6_000;
/** Pauses of a duplicate between its checks for the first one's commit, which at rest takes a few milliseconds. */
const DUPLICATE_PAUSES_MS = [5, 10, 20, 50, 100, 200, 400];

/**
 * Commits one request, or returns the earlier response that its key belongs to. Requests that arrive while a commit is under way
 * share the next one (group commit): at rest each goes alone and at once, under load one round trip and one flush
 * to disk carry dozens.
 *
 * @returns the first response when the key was taken, null when this request was accepted.
 * @throws AppError `quota_exceeded`, `spend_cap_reached`, `idempotency_mismatch`, `idempotency_in_flight` (the first hangs); nothing is written then.
 */
export async function acceptRequest(
  db: Db,
  acceptance: Acceptance,
): Promise<{ response: StoredResponse; requestId: string } | null> {
  for (const pauseMs of DUPLICATE_PAUSES_MS) {
    const settled = await addOnceRecalled(db, acceptance);
    if (settled.outcome === "accepted") return null;
    if (settled.outcome === "refused") throw refuse(db, acceptance.request, settled);
    const first = acceptance.idempotency && (await readFirstResponse(db, acceptance.idempotency.claim));
    if (first !== undefined) return first;
    // The first is still uncommitted, or its key has just expired: the next round finds out.
    await setTimeout(pauseMs);
  }
  throw new AppError("idempotency_in_flight", {
    public: "Another request with this Idempotency-Key is in progress. Try again in a moment.",
    param: "Idempotency-Key",
    retryAfterSeconds: 1,
  });
}

/** A refusal is final only once budget leases have given back what no call holds; a dead process's within seconds. */
async function addOnceRecalled(db: Db, { request, ...rest }: Acceptance): Promise<FinalOutcome> {
  const deadline = performance.now() + RECALL_TIMEOUT_MS;
  do {
    const settled = await groupsOf(db).add({ request, ...rest });
    if (settled.outcome !== "held") return settled;
    await recallLeases(db, request.orgId);
    await setTimeout(RECALL_PAUSE_MS);
  } while (performance.now() < deadline);
  throw new AppError("service_unavailable", {
    public: "Your remaining tokens are being counted. Nothing was billed. Try again in a moment.",
    internal: "budget leases were not given back in time",
    retryAfterSeconds: 1,
  });
}

function refuse(db: Db, request: NewRequest, refused: Refused): AppError {
  const { orgId, createdAt: at } = request;
  const { outcome, ...limit } = refused;
  const { by } = limit;
  const asked = by === "quota" ? request.tokens : Number(request.costMicros);
  const state: LimitState = { ...limit, at, asked };
  recordRefusal(db, { ...state, orgId, subjectId: by === "key_cap" ? (request.spendId ?? orgId) : orgId });
  return limitReached(state);
}

interface Waiting {
  acceptance: Acceptance;
  /** How many of its groups could not be committed whole. */
  failedGroups: number;
  resolve(outcome: Settled): void;
  reject(error: unknown): void;
}

type Settled = Exclude<InsertOutcome, { outcome: "contended" }>;
type FinalOutcome = Exclude<Settled, { outcome: "held" }>;
type Refused = Extract<FinalOutcome, { outcome: "refused" }>;

class Groups {
  #waiting: Waiting[] = [];
  #running = 0;

  constructor(private readonly db: Db) {}

  add(acceptance: Acceptance): Promise<Settled> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ acceptance, failedGroups: 0, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < MAX_RUNNING && this.#waiting.length > 0) {
      this.#running++;
      void this.#commit(this.#takeGroup()).finally(() => {
        this.#running--;
        this.#next();
      });
    }
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
      const outcomes = await insertRequests(
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

const groups = new WeakMap<Db, Groups>();

function groupsOf(db: Db): Groups {
  const known = groups.get(db) ?? new Groups(db);
  groups.set(db, known);
  return known;
}
