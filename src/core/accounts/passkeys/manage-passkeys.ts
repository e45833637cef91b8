import { recordAuditIn } from "../../audit";
import { AppError, type Db, toPublicId } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { decryptTexts, encryptText, transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { passkeyRemovedEmail } from "../email/passkey-emails";
import type { CallerContext } from "../schemas";
import { endFactorsWithLast } from "../second-factor/has-second-factor";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { passkeyNameField, userSubject } from "../users/user-fields";
import type { PasskeyListView, PasskeyView, RemovedPasskeyView, RenamePasskeyInput } from "./schemas";

interface SignedIn {
  userId: string;
  orgId: string;
}

const shown = { id: true, nameCipher: true, synced: true, createdAt: true, lastUsedAt: true } as const;

/** The person's own passkeys, newest first. Nobody else can list them. */
export async function listPasskeys(db: Db, { userId }: { userId: string }): Promise<PasskeyListView> {
  const rows = await db.passkey.findMany({ where: { userId }, orderBy: { id: "desc" }, select: shown });
  const names = await decryptTexts(
    db,
    rows.map(({ id, nameCipher }) => ({
      subject: userSubject(userId),
      field: passkeyNameField(id),
      blob: nameCipher,
    })),
  );
  return { data: rows.map((row, at) => toView(row, names[at] ?? "")) };
}

/** @throws AppError `not_found`, also for another person's. */
export async function renamePasskey(
  db: Db,
  { userId, orgId, id, name }: SignedIn & RenamePasskeyInput,
): Promise<PasskeyView> {
  return await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const nameCipher = await encryptText(tx, userSubject(userId), passkeyNameField(id), name);
    const [row] = await tx.passkey.updateManyAndReturn({
      where: { id, userId },
      data: { nameCipher },
      select: shown,
    });
    if (row === undefined) throw notFound();
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.passkey_renamed",
      target: { type: "passkey", id },
    });
    return toView(row, name);
  });
}

/**
 * Removes a passkey: it signs nobody in from then on. With the account's last factor its recovery codes go as well. The
 * caller asks for a step-up first, which takes a factor.
 * @throws AppError `not_found`, also for another person's.
 */
export async function removePasskey(
  db: Db,
  { userId, orgId, id, ip }: SignedIn & CallerContext & { id: string },
): Promise<RemovedPasskeyView> {
  const last = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    // Serializes with sign-ins, which look for their passkey once more under this lock.
    await lockAccount(tx, userId);
    const { count } = await tx.passkey.deleteMany({ where: { id, userId } });
    if (count === 0) throw notFound();
    const wasLast = await endFactorsWithLast(tx, userId);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.passkey_removed",
      target: { type: "passkey", id },
      details: { last_factor: wasLast, ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
    return wasLast;
  });
  forgetPrincipals(userId);
  afterResponse("passkey notice", () => emailUser(db, userId, passkeyRemovedEmail({ last })));
  return { id: toPublicId("psk", id), object: "passkey", deleted: true };
}

interface Row {
  id: string;
  synced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

function toView({ id, synced, createdAt, lastUsedAt }: Row, name: string): PasskeyView {
  return {
    id: toPublicId("psk", id),
    name,
    synced,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}

function notFound(): AppError {
  return new AppError("not_found", { public: "Passkey not found.", param: "id" });
}
