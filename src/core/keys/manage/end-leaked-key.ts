import { type AuditEntry, actorOf } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { isOwnCell } from "../../platform/cell/own-cell";
import { sha256 } from "../../platform/crypto/hash";
import { recordAndAnnounce } from "../../webhooks";
import { emailLeakedKey } from "../email/email-leaked-key";
import { cellOfKey, shownParts } from "../verify/key-secret";
import { forgetKey } from "../verify/verify-api-key";
import { keyColumns, keyStatus, toKeyView } from "../views/key-view";
import { auditOfKey } from "./key-store";

/** Ends a key whose secret, of a key's form, somebody found where it does not belong, and emails its creator and the owners. */
export async function endLeakedKey(
  db: Db,
  { secret, finding }: { secret: string; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<"revoked" | "not_active" | "other_region"> {
  if (!isOwnCell(cellOfKey(secret))) return "other_region";
  const now = clock.now();
  const secretHash = sha256(secret);
  const known = await db.apiKey.findFirst({ where: { secretHash }, select: { id: true, orgId: true } });
  if (known === null) return "not_active";
  const ended = await db.$transaction(async (tx) => {
    // Organization before key is the order of every lock on keys.
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${known.orgId}::uuid FOR NO KEY UPDATE`;
    const key = await tx.apiKey.findUnique({ where: known, select: keyColumns });
    if (key === null || !WORKING.has(keyStatus(key, now))) return undefined;
    const row = await tx.apiKey.update({ where: known, data: { revokedAt: now }, select: keyColumns });
    const { target, details } = auditOfKey(toKeyView(row, 0n, now));
    await recordAndAnnounce(tx, {
      orgId: known.orgId,
      actor: actorOf(null),
      action: "key.revoked",
      target,
      details: { ...details, ...finding },
    });
    return row;
  });
  if (ended === undefined) return "not_active";
  forgetKey(secretHash);
  const { prefix, lastFour } = shownParts(secret);
  emailLeakedKey(db, {
    ...known,
    prefix,
    last_four: lastFour,
    createdBy: ended.createdBy,
    environment: ended.environment,
    at: now,
  });
  return "revoked";
}

const WORKING: ReadonlySet<string> = new Set(["active", "rotating", "suspended"]);
