import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { transactWithKeys } from "../../privacy";
import type { CallerContext } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { revokeSessions } from "../sessions/revoke-sessions";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { findEmailToken, spendEmailToken } from "../tokens/email-token";
import { defaultOrgOf } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import type { SessionsEndedView } from "./schemas";

/**
 * Ends all of a person's sessions by the link in an email about a new sign-in, and forgets every device of theirs: the
 * one the email was about is new again, and so is announced again. API keys and the password stay.
 * @throws AppError `invalid_token`.
 */
export async function endSessionsByLink(
  db: Db,
  { token, ip }: CallerContext & { token: string },
  clock: Clock = systemClock,
): Promise<SessionsEndedView> {
  const purpose = "end_sessions";
  const { userId } = await findEmailToken(db, { token, purpose }, clock);
  await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    await spendEmailToken(tx, { token, purpose }, clock);
    await tx.user.update({
      where: { id: userId },
      data: { sessionVersion: { increment: 1 }, updatedAt: clock.now() },
    });
    await revokeSessions(tx, { userId }, clock);
    await tx.knownDevice.deleteMany({ where: { userId } });
    await recordAuditIn(tx, {
      orgId: await defaultOrgOf(tx, userId),
      actor: { type: "user", id: userId },
      action: "auth.signed_out_everywhere",
      target: { type: "user", id: userId },
      details: { by: "emailed link", ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
  });
  forgetPrincipals(userId);
  return { signed_out: true };
}
