import type { Credentials } from "../../../shared/format/credentials";
import type { AuditEntry } from "../../audit";
import type { MemberRights } from "../../orgs";
import type { Scope, Tx } from "../../platform";
import { announceIn } from "../../webhooks";
import { assertMayManage, type KeyManager } from "../manage/key-manager";
import { auditOfKey } from "../manage/key-store";
import type { KeyDisposition } from "../schemas";
import { credentialsIn } from "../verify/service-key";
import { forgetKey } from "../verify/verify-api-key";
import { type KeyRow, keyColumns, knownScopes, toKeyView } from "../views/key-view";

export interface SettledKeys {
  ended: Credentials;
  narrowed: Credentials;
  kept: Credentials;
  /** For the end of the transaction: the log is locked last. */
  entries: AuditEntry[];
  /** To be called after the commit, so that it holds in this process at once. */
  forget: () => void;
}

interface Change {
  orgId: string;
  /** Whose role changes. */
  userId: string;
  /** What is left of the member's rights; null for none. */
  rights: Pick<MemberRights, "name" | "scopes"> | null;
  /** Who decides: the keys kept are theirs to answer for from now on. Null for the company's directory, which keeps none. */
  by: Pick<KeyManager, "userId" | "role" | "scopes"> | null;
  disposition: KeyDisposition;
  now: Date;
}

/**
 * Decides on the keys that a member made, in the transaction that changes their role or ends their membership and after
 * its lock on the organization: no key may do more than the role behind it. Keys that the role left covers stay as they
 * are. Of the others, `narrow` takes away the scopes beyond it, and ends a key that has none left; `end` ends them;
 * `keep` leaves them as they are and makes the one who decides answer for them.
 * @throws AppError as `assertMayManage` for keys that the one who decides may not keep.
 */
export async function settleKeysOfMember(tx: Tx, change: Change): Promise<SettledKeys> {
  const { orgId, userId, rights, by, disposition, now } = change;
  const left: ReadonlySet<Scope> = rights?.scopes ?? new Set();
  const rows = await tx.apiKey.findMany({
    // An expired key could be given a later end, so it is settled too; one that was rotated away never works again.
    where: {
      orgId,
      createdBy: userId,
      revokedAt: null,
      OR: [{ graceEndsAt: null }, { graceEndsAt: { gt: now } }],
    },
    orderBy: { id: "asc" },
    select: { ...keyColumns, secretHash: true },
  });
  const settled = rows
    .map((row) => ({ row, scopes: knownScopes(row.scopes) }))
    .filter(({ scopes }) => rights === null || scopes.some((scope) => !left.has(scope)))
    .map(({ row, scopes }) => {
      const rest = scopes.filter((scope) => left.has(scope));
      return {
        row,
        scopes,
        rest,
        outcome: disposition === "narrow" && rest.length === 0 ? "end" : disposition,
      };
    });
  const rowsOf = (outcome: KeyDisposition) =>
    settled.filter((key) => key.outcome === outcome).map(({ row }) => row);
  const idsOf = (outcome: KeyDisposition) => rowsOf(outcome).map(({ id }) => id);
  for (const { row, scopes, rest, outcome } of settled) {
    if (outcome === "keep") {
      if (by === null) throw new Error("a directory keeps no keys");
      await assertMayManage(tx, { ...by, orgId }, { ...row, scopes }, "take_over");
    }
    if (outcome === "narrow")
      await tx.apiKey.update({ where: { id: row.id, orgId }, data: { scopes: rest } });
  }
  const [ended, kept] = [idsOf("end"), idsOf("keep")];
  await tx.apiKey.updateMany({
    where: { orgId, id: { in: ended } },
    data: { revokedAt: now, revokedBy: by?.userId ?? null },
  });
  await tx.apiKey.updateMany({ where: { orgId, id: { in: kept } }, data: { createdBy: by?.userId ?? null } });
  const entries = settled.map(({ row, rest, outcome }) =>
    entryOf(outcome === "narrow" ? { ...row, scopes: rest } : row, outcome, change),
  );
  await announceIn(tx, ...entries);
  return {
    ended: credentialsIn(rowsOf("end")),
    narrowed: credentialsIn(rowsOf("narrow")),
    kept: credentialsIn(rowsOf("keep")),
    entries,
    forget: () => {
      for (const { row } of settled) forgetKey(row.secretHash);
    },
  };
}

const actionOf = {
  end: "key.revoked",
  narrow: "key.narrowed",
  keep: "key.taken_over",
} as const satisfies Record<KeyDisposition, AuditEntry["action"]>;

function entryOf(row: KeyRow, outcome: KeyDisposition, { orgId, by, rights, now }: Change): AuditEntry {
  const { target, details } = auditOfKey(toKeyView(row, 0n, now));
  return {
    orgId,
    actor: by === null ? { type: "system", id: null } : { type: "user", id: by.userId },
    action: actionOf[outcome],
    target,
    details: { ...details, because: rights === null ? "membership ended" : `creator is now ${rights.name}` },
  };
}
