import { findModel } from "../../models";
import { AppError, type Tx } from "../../platform";
import { containsRange, parseIpRange } from "../../platform/network/ip-range";
import { noServiceKeys } from "../verify/service-key";
import type { KeyRow } from "../views/key-view";

/** What bounds a key's use. Empty lists and null mean: no such bound. */
export type KeyLimits = Pick<
  KeyRow,
  "models" | "ipAllowlist" | "rpmLimit" | "monthlyCapMicros" | "expiresAt"
>;

/** Whether anything that `before` kept a key from is open to it `after`. */
export function widens(before: KeyLimits, after: KeyLimits): boolean {
  return (
    (before.models.length > 0 &&
      (after.models.length === 0 || after.models.some((model) => !before.models.includes(model)))) ||
    (before.ipAllowlist.length > 0 &&
      (after.ipAllowlist.length === 0 ||
        after.ipAllowlist.some((range) => !isWithin(range, before.ipAllowlist)))) ||
    isRaised(before.rpmLimit, after.rpmLimit) ||
    isRaised(before.monthlyCapMicros, after.monthlyCapMicros) ||
    isRaised(before.expiresAt, after.expiresAt)
  );
}

function isRaised<Bound extends number | bigint | Date>(before: Bound | null, after: Bound | null): boolean {
  return before !== null && (after === null || after > before);
}

/** Whether a range lies within the allowed ones; one that cannot be parsed does not. */
function isWithin(text: string, allowed: readonly string[]): boolean {
  const range = parseIpRange(text);
  return (
    range !== undefined &&
    allowed.some((other) => {
      const outer = parseIpRange(other);
      return outer !== undefined && containsRange(outer, range);
    })
  );
}

/** Enough for any organization we know of, few enough to read. */
export const MAX_ACTIVE_KEYS = 100;

/**
 * A key is kept to models by their ids: a dated or prefixed name would let pass less than it seems to.
 * @throws AppError `invalid_request` naming the first model that does not exist, or not by this name, by its position.
 */
export function assertModelsExist(models: readonly string[], now: Date): void {
  for (const [position, model] of models.entries()) {
    const param = `models[${position}]`;
    const id = idOf(model, param, now);
    if (id === model) continue;
    throw new AppError("invalid_request", { public: `Use this model’s ID, ${id}.`, param });
  }
}

function idOf(model: string, param: string, now: Date): string {
  try {
    return findModel(model, now).id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("invalid_request", { public: error.public, param, cause: error });
  }
}

/** @throws AppError `invalid_request`, param `expires_at`. */
export function assertInFuture(expiresAt: Date | null, now: Date): void {
  if (expiresAt === null || expiresAt > now) return;
  throw new AppError("invalid_request", { public: "expires_at must be in the future.", param: "expires_at" });
}

/** Under the lock of `lockKeyManager`, so that simultaneous creations count each other. @throws AppError `conflict`. */
export async function assertBelowKeyLimit(
  tx: Tx,
  orgId: string,
  now: Date,
  { besides }: { besides?: string } = {},
): Promise<void> {
  const active = await tx.apiKey.count({
    where: {
      orgId,
      revokedAt: null,
      ...noServiceKeys,
      ...(besides !== undefined && { id: { not: besides } }),
      AND: [
        { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
        { OR: [{ graceEndsAt: null }, { graceEndsAt: { gt: now } }] },
      ],
    },
  });
  if (active < MAX_ACTIVE_KEYS) return;
  throw new AppError("conflict", {
    public: `Your organization has ${MAX_ACTIVE_KEYS} active API keys, the most it can have. Revoke one first.`,
  });
}
