import { findModel } from "../../models";
import type { Tx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";

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
    throw new AppError("invalid_request", { public: `Name this model by its id, ${id}.`, param });
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
