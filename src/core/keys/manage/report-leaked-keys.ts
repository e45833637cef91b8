import { type AuditEntry, actorOf } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { isOwnCell } from "../../platform/cell/own-cell";
import { sha256 } from "../../platform/crypto/hash";
import { recordAndAnnounce } from "../../webhooks";
import { emailLeakedKey } from "../email/email-leaked-key";
import type { LeakReportInput, LeakReportView } from "../schemas";
import { cellOfKey, isKeySecret, shownParts } from "../verify/key-secret";
import { forgetKey } from "../verify/verify-api-key";
import { keyColumns, keyStatus, toKeyView } from "../views/key-view";
import { auditOfKey } from "./key-store";

type Reported = LeakReportView["data"][number];

/**
 * Ends the keys whose secrets somebody found where they do not belong, and tells their creators and owners by email. The secret is
 * the proof: who holds it could use the key, so ending it takes nothing from anyone. The answer tells a finder no more than
 * a call with the key would.
 */
export async function reportLeakedKeys(
  db: Db,
  { input }: { input: LeakReportInput },
  clock: Clock = systemClock,
): Promise<LeakReportView> {
  const data: Reported[] = [];
  // One after the other: a report may name several keys of one organization, whose row each of them locks.
  for (const secret of input.keys) data.push(await endLeakedKey(db, secret, input.found_at, clock.now()));
  return { object: "leak_report", data };
}

async function endLeakedKey(
  db: Db,
  secret: string,
  foundAt: string | undefined,
  now: Date,
): Promise<Reported> {
  if (!isKeySecret(secret)) return { prefix: null, last_four: null, status: "not_a_key" };
  const { prefix, lastFour } = shownParts(secret);
  const shown = { prefix, last_four: lastFour };
  if (!isOwnCell(cellOfKey(secret))) return { ...shown, status: "other_region" };
  const secretHash = sha256(secret);
  const known = await db.apiKey.findFirst({ where: { secretHash }, select: { id: true, orgId: true } });
  if (known === null) return { ...shown, status: "not_active" };
  const ended = await db.$transaction(async (tx) => {
    // Organization before key is the order of every lock on keys.
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${known.orgId}::uuid FOR NO KEY UPDATE`;
    const key = await tx.apiKey.findUnique({ where: known, select: keyColumns });
    if (key === null || !WORKING.has(keyStatus(key, now))) return undefined;
    const row = await tx.apiKey.update({ where: known, data: { revokedAt: now }, select: keyColumns });
    const { target, details } = auditOfKey(toKeyView(row, 0n, now));
    const entry: AuditEntry = {
      orgId: known.orgId,
      actor: actorOf(null),
      action: "key.revoked",
      target,
      details: {
        ...details,
        because: "reported as leaked",
        ...(foundAt !== undefined && { found_at: new URL(foundAt).host }),
      },
    };
    await recordAndAnnounce(tx, entry);
    return row;
  });
  if (ended === undefined) return { ...shown, status: "not_active" };
  forgetKey(secretHash);
  emailLeakedKey(db, {
    ...known,
    ...shown,
    createdBy: ended.createdBy,
    environment: ended.environment,
    at: now,
  });
  return { ...shown, status: "revoked" };
}

const WORKING: ReadonlySet<string> = new Set(["active", "rotating", "suspended"]);
