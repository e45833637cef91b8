import { type AuditEntry, actorOf, recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, type Principal, systemClock, toPublicId } from "../../platform";
import type { KeyView, UpdateKeyInput } from "../schemas";
import { forgetKey } from "../verify/verify-api-key";
import { type KeyRow, keyColumns, keyStatus, knownScopes, viewKey } from "../views/key-view";
import { assertBelowKeyLimit, assertInFuture, assertModelsExist, type KeyLimits, widens } from "./key-limits";
import { asKeyManager, assertMayManage, lockKeyManager } from "./key-manager";
import { lockKey } from "./key-store";

type Settings = KeyLimits & Pick<KeyRow, "name" | "cacheTtlSeconds">;

/**
 * Changes what a key may do; its secret, environment and scopes stay. In force here at once, in every other process
 * within five seconds. Absent fields stay; null lifts a limit.
 * @throws AppError `not_found`, `insufficient_role`, `insufficient_scope`, `email_not_verified`: changing is granted by
 *   the rule of creating (`assertMayManage`); `conflict` for a key that was revoked or rotated (its successor is
 *   the one to change), `invalid_request` naming the param.
 */
export async function updateKey(
  db: Db,
  { principal, input }: { principal: Principal; input: UpdateKeyInput },
  clock: Clock = systemClock,
): Promise<KeyView> {
  const manager = asKeyManager(principal);
  const { orgId } = manager;
  const now = clock.now();
  assertModelsExist(input.models ?? [], now);
  const { view, secretHash } = await db.$transaction(async (tx) => {
    const locked = await lockKeyManager(tx, manager);
    const key = await lockKey(tx, { orgId, id: input.id });
    const changes = changesIn(key, input);
    const action = widens(key, { ...key, ...changes }) ? "widen" : "narrow";
    await assertMayManage(tx, locked, { ...key, scopes: knownScopes(key.scopes) }, action);
    assertChangeable(key);
    if (changes.expiresAt !== undefined) assertInFuture(changes.expiresAt, now);
    const row = await tx.apiKey.update({ where: { id: key.id, orgId }, data: changes, select: keyColumns });
    // An expired key with a later end works again, and counts again.
    if (keyStatus(key, now) === "expired" && keyStatus(row, now) === "active") {
      await assertBelowKeyLimit(tx, orgId, now, { besides: key.id });
    }
    const updated = { view: await viewKey(tx, { orgId, row, now }), secretHash: key.secretHash };
    if (Object.keys(changes).length > 0) {
      await recordAuditIn(tx, {
        orgId,
        actor: actorOf(manager),
        action: "key.updated",
        target: { type: "key", id: key.id },
        details: detailsOf(key, changes),
      });
    }
    return updated;
  });
  forgetKey(secretHash);
  return view;
}

function assertChangeable({ revokedAt, successorId }: KeyRow): void {
  if (revokedAt !== null) {
    throw new AppError("conflict", { public: "This key was revoked. Create a new key." });
  }
  if (successorId !== null) {
    throw new AppError("conflict", {
      public: `This key was rotated. Update its replacement, ${toPublicId("key", successorId)}.`,
    });
  }
}

/** The settings that would be different from what they are. */
function changesIn(key: KeyRow, input: UpdateKeyInput): Partial<Settings> {
  const { rpm_limit: rpmLimit, cache_ttl_seconds: cacheTtlSeconds } = input;
  const { monthly_cap_micros: cap, expires_at: end } = input;
  const wanted: Partial<Settings> = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.models !== undefined && { models: input.models ?? [] }),
    ...(input.ip_allowlist !== undefined && { ipAllowlist: input.ip_allowlist ?? [] }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    ...(cacheTtlSeconds !== undefined && { cacheTtlSeconds }),
    ...(cap !== undefined && { monthlyCapMicros: cap === null ? null : BigInt(cap) }),
    ...(end !== undefined && { expiresAt: end === null ? null : new Date(end) }),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isSame(value, key[name as keyof Settings])),
  );
}

function isSame(a: Settings[keyof Settings], b: Settings[keyof Settings]): boolean {
  const text = (value: Settings[keyof Settings]) =>
    Array.isArray(value) ? value.toSorted().join("\n") : value instanceof Date ? value.getTime() : value;
  return text(a) === text(b);
}

/** The changed fields with old and new values. Names are the customer's text and stay out; of lists, their length is kept. */
function detailsOf(key: KeyRow, changes: Partial<Settings>): AuditEntry["details"] {
  const fact = (value: Settings[keyof Settings]) => {
    if (Array.isArray(value)) return value.length;
    if (value instanceof Date) return value.toISOString();
    return typeof value === "bigint" ? Number(value) : value;
  };
  const names = Object.keys(changes).map((name) => name as keyof Settings);
  return {
    changed: names.map((name) => wireNames[name]).join(" "),
    ...Object.fromEntries(
      names
        .filter((name) => name !== "name")
        .flatMap((name) => [
          [`${wireNames[name]}_before`, fact(key[name])],
          [wireNames[name], fact(changes[name] ?? null)],
        ]),
    ),
  };
}

const wireNames: Record<keyof Settings, string> = {
  name: "name",
  models: "models",
  ipAllowlist: "ip_ranges",
  rpmLimit: "rpm_limit",
  cacheTtlSeconds: "cache_ttl_seconds",
  monthlyCapMicros: "monthly_cap_micros",
  expiresAt: "expires_at",
};
