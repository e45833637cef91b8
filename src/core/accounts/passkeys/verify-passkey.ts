import { writeAudit } from "../../audit";
import { AppError, type Clock, type Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import type { Bytes } from "../../platform/crypto/hash";
import type { CallerContext } from "../schemas";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { recordFailedSignIn } from "../sign-in-history/record-sign-in";
import { userSubject } from "../users/user-fields";
import { CHALLENGE_MS, type ChallengePurpose, issueChallenge, spendChallenge } from "./challenges";
import { relyingParty, userHandle } from "./relying-party";
import type { Assertion, PasskeyOptionsView } from "./schemas";

/** An answer of a browser, and who was asked. */
export interface PresentedPasskey {
  assertion: Assertion;
  holder: string;
}

/**
 * What a browser needs to ask for a passkey. It names no credential: the person's device offers those of this site, so
 * nothing shows whether an account has any. The device must verify the person (PIN, finger, face).
 */
export async function askForPasskey(
  db: Db,
  asked: { purpose: Exclude<ChallengePurpose, "add">; holder: string },
  clock: Clock,
): Promise<PasskeyOptionsView> {
  const challenge = await issueChallenge(db, asked, clock);
  const { id: rpId } = relyingParty();
  return { options: { challenge, rpId, timeout: CHALLENGE_MS, userVerification: "required" } };
}

interface Verify extends CallerContext, PresentedPasskey {
  purpose: Exclude<ChallengePurpose, "add">;
  /** Whose passkey it must be, where that is known. */
  userId?: string;
}

export interface VerifiedPasskey {
  userId: string;
  passkeyId: string;
}

/**
 * Verifies that a registered passkey signed the challenge: once, for this purpose and holder, on our own site, with the
 * person verified by their device. A counter that did not grow means a copy of the key, and is refused.
 * @throws AppError `passkey_invalid`, the same for whatever is wrong.
 */
export async function verifyPasskey(
  db: Db,
  { assertion, holder, purpose, userId, ip, userAgent }: Verify,
  clock: Clock,
): Promise<VerifiedPasskey> {
  const passkey = await db.passkey.findUnique({
    where: { credentialId: toBytes(assertion.id), user: { deletedAt: null } },
    select: { id: true, userId: true, publicKey: true },
  });
  const { response } = assertion;
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty();
  const result = await verifyAuthenticationResponse({
    response: {
      ...assertion,
      response: {
        clientDataJSON: response.clientDataJSON,
        authenticatorData: response.authenticatorData,
        signature: response.signature,
      },
      clientExtensionResults: {},
    },
    // Spent even when the passkey is unknown or what follows fails.
    expectedChallenge: async (challenge) =>
      (await spendChallenge(db, { purpose, holder, challenge }, clock)) && passkey !== null,
    expectedOrigin,
    expectedRPID,
    requireUserVerification: true,
    // The counter is compared below, by the statement that stores the new one.
    credential: { id: assertion.id, publicKey: passkey?.publicKey ?? new Uint8Array(), counter: 0 },
  }).catch(() => undefined);
  if (passkey === null) throw passkeyInvalid();
  const refuse = (reason: string) => {
    afterResponse("refused passkey", () => recordRefusal(db, { userId: passkey.userId, ip, reason }));
    if (purpose === "sign_in") {
      const attempt = { userId: passkey.userId, kind: "portal", method: "passkey", ip, userAgent } as const;
      afterResponse("refused passkey in the history", () =>
        recordFailedSignIn(db, { ...attempt, result: "wrong_passkey" }, clock),
      );
    }
    return passkeyInvalid();
  };
  if (result?.verified !== true) throw refuse("signature");
  if (userId !== undefined && passkey.userId !== userId) throw refuse("other account");
  // Where the account is not known before, the authenticator has to name it (WebAuthn §7.2, step 6).
  const named = response.userHandle ?? (userId === undefined ? "" : userHandle(passkey.userId));
  if (named !== userHandle(passkey.userId)) throw refuse("other account");
  const { newCounter, credentialBackedUp } = result.authenticationInfo;
  const { count } = await db.passkey.updateMany({
    where: { id: passkey.id, signCount: newCounter === 0 ? 0 : { lt: newCounter } },
    data: { signCount: newCounter, synced: credentialBackedUp, lastUsedAt: clock.now() },
  });
  if (count === 0) throw refuse("counter");
  return { userId: passkey.userId, passkeyId: passkey.id };
}

export function toBytes(base64url: string): Bytes {
  return new Uint8Array(Buffer.from(base64url, "base64url"));
}

export function passkeyInvalid(): AppError {
  return new AppError("passkey_invalid", {
    public: "This passkey wasn’t accepted. It was removed, or the attempt took too long. Try again.",
  });
}

async function recordRefusal(
  db: Db,
  { userId, ip, reason }: CallerContext & { userId: string; reason: string },
): Promise<void> {
  await writeAudit({
    orgId: null,
    actor: { type: "anonymous", id: null },
    action: "auth.second_factor_failed",
    target: { type: "user", id: userId },
    details: { factor: "passkey", reason, ...(await ipDetail(db, userSubject(userId), ip)) },
  });
}
