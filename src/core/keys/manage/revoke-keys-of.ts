import type { Credentials } from "../../../shared/format/credentials";
import type { AuditEntry } from "../../audit";
import type { Tx } from "../../platform";
import { announceIn } from "../../webhooks";
import { credentialsIn } from "../verify/service-key";
import { forgetKey } from "../verify/verify-api-key";
import { keyColumns, toKeyView } from "../views/key-view";
import { auditOfKey } from "./key-store";

export interface RevokedKeys {
  /** How many ended, by organization. */
  byOrg: ReadonlyMap<string, Credentials>;
  /** For the end of the transaction: the log is locked last. */
  entries: AuditEntry[];
  /** To be called after the commit, so that they stop in this process at once. */
  forget: () => void;
}

/**
 * Ends every key that a person made, in whatever organization, in the transaction of what ends them. The caller holds
 * the organizations' rows: organization before key is the order of every lock on keys.
 */
export async function revokeKeysOf(
  tx: Tx,
  { userId, because, now }: { userId: string; because: string; now: Date },
): Promise<RevokedKeys> {
  const ended = await tx.apiKey.updateManyAndReturn({
    where: { createdBy: userId, revokedAt: null },
    data: { revokedAt: now, revokedBy: userId },
    select: { ...keyColumns, orgId: true, secretHash: true },
  });
  const byOrg = new Map(
    [...new Set(ended.map(({ orgId }) => orgId))].map((orgId) => [
      orgId,
      credentialsIn(ended.filter((row) => row.orgId === orgId)),
    ]),
  );
  const entries = ended.map((row): AuditEntry => {
    const { target, details } = auditOfKey(toKeyView(row, 0n, now));
    return {
      orgId: row.orgId,
      actor: { type: "user", id: userId },
      action: "key.revoked",
      target,
      details: { ...details, because },
    };
  });
  await announceIn(tx, ...entries);
  return {
    byOrg,
    entries,
    forget: () => {
      for (const { secretHash } of ended) forgetKey(secretHash);
    },
  };
}

/**
 * Ends every key of an organization that ends, in its transaction. Returns how many, and what to call after the commit
 * so that they stop here at once too.
 */
export async function revokeAllKeys(
  tx: Tx,
  { orgId, userId, now }: { orgId: string; userId: string; now: Date },
): Promise<{ revoked: number; forget: () => void }> {
  const ended = await tx.apiKey.updateManyAndReturn({
    where: { orgId, revokedAt: null },
    data: { revokedAt: now, revokedBy: userId },
    select: { secretHash: true },
  });
  return {
    revoked: ended.length,
    forget: () => {
      for (const { secretHash } of ended) forgetKey(secretHash);
    },
  };
}
