import { setTimeout } from "node:timers/promises";
import { AppError, type Db } from "../../../platform";
import { type LimitState, limitReached, RECALL_PAUSE_MS, recallLeases, recordRefusal } from "../../../quota";
import type { StoredResponse } from "../../schemas";
import { readFirstResponse } from "../idempotency";
import { directGroups, leasedGroups, type Settled } from "./groups";
import { type Acceptance, isStatementError, type NewRequest } from "./insert-requests";

/** A process that dies with a lease is recovered within it. */
const RECALL_TIMEOUT_MS = 6_000;
/** Pauses of a duplicate between its checks for the first one's commit, which at rest takes a few milliseconds. */
const DUPLICATE_PAUSES_MS = [5, 10, 20, 50, 100, 200, 400];

/**
 * Commits one request, or returns the earlier response that its key belongs to. Its reservation comes out of a block that this process
 * holds, or out of the counters.
 *
 * @returns the first response when the key was taken, null when this request was accepted.
 * @throws AppError `quota_exceeded`, `spend_cap_reached`, `idempotency_mismatch`, `idempotency_in_flight` (the first hangs); nothing is written then.
 */
export async function acceptRequest(
  db: Db,
  acceptance: Acceptance,
): Promise<{ response: StoredResponse; requestId: string } | null> {
  for (const pauseMs of DUPLICATE_PAUSES_MS) {
    const settled = (await addLeased(db, acceptance)) ?? (await addOnceRecalled(db, acceptance));
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

/**
 * A test request, or one that fits into a block of budget that this process holds: no counter is asked. Undefined where there is none,
 * or where it was taken from this process meanwhile.
 */
async function addLeased(db: Db, acceptance: Acceptance): Promise<FinalOutcome | undefined> {
  const { request, principal, reserve } = acceptance;
  const hold = request.environment === "live" ? reserve({ ...request, principal }) : undefined;
  if (hold === undefined && request.environment === "live") return undefined;
  try {
    const settled = await leasedGroups(db).add({ ...acceptance, hold });
    if (settled.outcome === "accepted") hold?.accepted();
    else hold?.unused();
    return isFinal(settled) ? settled : undefined;
  } catch (error) {
    if (!isStatementError(error)) {
      hold?.unknown();
      throw error;
    }
    // The statement for the counters then says what is wrong with it.
    hold?.unused();
    return undefined;
  }
}

/** A refusal is final only once budget leases have given back what no call holds; a dead process's within seconds. */
async function addOnceRecalled(db: Db, { request, ...rest }: Acceptance): Promise<FinalOutcome> {
  const deadline = performance.now() + RECALL_TIMEOUT_MS;
  do {
    const settled = await directGroups(db).add({ request, ...rest });
    if (isFinal(settled)) return settled;
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

type FinalOutcome = Exclude<Settled, { outcome: "held" | "unleased" }>;
type Refused = Extract<FinalOutcome, { outcome: "refused" }>;

function isFinal(settled: Settled): settled is FinalOutcome {
  return settled.outcome !== "held" && settled.outcome !== "unleased";
}
