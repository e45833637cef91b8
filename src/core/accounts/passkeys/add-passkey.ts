import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, newId, systemClock, toPublicId } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { Prisma } from "../../platform/db/client";
import { encryptText, type KeyedTx, transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { passkeyAddedEmail } from "../email/passkey-emails";
import type { CallerContext } from "../schemas";
import { hasSecondFactor } from "../second-factor/has-second-factor";
import { issueRecoveryCodes } from "../second-factor/recovery-codes";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { revokeSessions } from "../sessions/revoke-sessions";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { getUserEmail, passkeyNameField, userSubject } from "../users/user-fields";
import { CHALLENGE_MS, issueChallenge, spendChallenge } from "./challenges";
import { relyingParty, userHandle } from "./relying-party";
import type { AddedPasskeyView, AddPasskeyInput, NewCredential, NewPasskeyOptionsView } from "./schemas";
import { passkeyInvalid, toBytes } from "./verify-passkey";

/** More than anybody has devices; it bounds what a browser is told to leave out. */
const MAX_PASSKEYS = 20;

interface SignedIn {
  userId: string;
  orgId: string;
  sessionId: string;
}

/**
 * What a browser needs to make a passkey, for this session alone. Only for a verified address, as every second factor:
 * whoever registers somebody else's must not be able to keep its owner out.
 * @throws AppError `email_not_verified`, `conflict` when there are 20.
 */
export async function startAddingPasskey(
  db: Db,
  { userId, sessionId, emailVerified }: SignedIn & { emailVerified: boolean },
  clock: Clock = systemClock,
): Promise<NewPasskeyOptionsView> {
  const email = await getUserEmail(db, userId);
  if (email === undefined) throw gone();
  if (!emailVerified) {
    throw new AppError("email_not_verified", { public: "Verify your email before you add a passkey." });
  }
  const known = await db.passkey.findMany({
    where: { userId },
    select: { credentialId: true, transports: true },
  });
  if (known.length >= MAX_PASSKEYS) throw tooMany();
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  const { id: rpID, name: rpName } = relyingParty();
  const { extensions: _, ...options } = await generateRegistrationOptions({
    rpID,
    rpName,
    userName: email,
    userID: toBytes(userHandle(userId)),
    challenge: toBytes(await issueChallenge(db, { purpose: "add", holder: sessionId }, clock)),
    timeout: CHALLENGE_MS,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: Buffer.from(credentialId).toString("base64url"),
      transports,
    })),
  });
  return { options };
}

/**
 * Adds the passkey that the browser made. With the account's first factor its other sessions end, because they were signed
 * in without one, and it gets recovery codes.
 * @throws AppError `passkey_invalid`, `conflict`.
 */
export async function addPasskey(
  db: Db,
  { userId, orgId, sessionId, name, credential, ip }: SignedIn & CallerContext & AddPasskeyInput,
  clock: Clock = systemClock,
): Promise<AddedPasskeyView> {
  const made = await verifyNewCredential(db, { credential, sessionId }, clock);
  const now = clock.now();
  const passkeyId = newId(now);
  const codes = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    // Serializes with sign-ins: one that is running either finds the factor, or its session is ended here.
    if ((await lockAccount(tx, userId)) === undefined) throw gone();
    if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS) throw tooMany();
    const first = !(await hasSecondFactor(tx, userId));
    await tx.passkey.create({
      data: {
        id: passkeyId,
        userId,
        ...made,
        nameCipher: await encryptText(tx, userSubject(userId), passkeyNameField(passkeyId), name),
        createdAt: now,
      },
    });
    if (first) await revokeSessions(tx, { userId, exceptSessionId: sessionId }, clock);
    const issued = first ? await issueRecoveryCodes(tx, userId, clock) : null;
    await recordAdded(tx, { userId, orgId, passkeyId, first, ip });
    return issued;
  }).catch((error: unknown) => {
    throw isKnownCredential(error) ? alreadyAdded() : error;
  });
  forgetPrincipals(userId);
  afterResponse("passkey notice", () => emailUser(db, userId, passkeyAddedEmail({ first: codes !== null })));
  return {
    passkey: {
      id: toPublicId("psk", passkeyId),
      name,
      synced: made.synced,
      created_at: now.toISOString(),
      last_used_at: null,
    },
    recovery_codes: codes,
  };
}

async function verifyNewCredential(
  db: Db,
  { credential, sessionId }: { credential: NewCredential; sessionId: string },
  clock: Clock,
) {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty();
  const result = await verifyRegistrationResponse({
    response: { ...credential, clientExtensionResults: {} },
    expectedChallenge: (challenge) =>
      spendChallenge(db, { purpose: "add", holder: sessionId, challenge }, clock),
    expectedOrigin,
    expectedRPID,
    requireUserVerification: true,
  }).catch(() => undefined);
  if (result?.verified !== true) throw passkeyInvalid();
  const { credential: made, credentialBackedUp } = result.registrationInfo;
  return {
    credentialId: toBytes(made.id),
    publicKey: new Uint8Array(made.publicKey),
    transports: credential.response.transports,
    signCount: made.counter,
    synced: credentialBackedUp,
  };
}

async function recordAdded(
  tx: KeyedTx,
  added: CallerContext & { userId: string; orgId: string; passkeyId: string; first: boolean },
): Promise<void> {
  const { userId, orgId, passkeyId, first, ip } = added;
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.passkey_added",
    target: { type: "passkey", id: passkeyId },
    details: { first_factor: first, ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
}

function isKnownCredential(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

function alreadyAdded(): AppError {
  return new AppError("conflict", { public: "This passkey was added before." });
}

function tooMany(): AppError {
  return new AppError("conflict", {
    public: `An account can have ${MAX_PASSKEYS} passkeys. Remove one before you add another.`,
  });
}

function gone(): AppError {
  return new AppError("not_found", { public: "Account not found." });
}
