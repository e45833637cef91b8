import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Principal } from "../../platform/principal";
import type { VerificationView } from "../schemas";
import { findEmailToken, invalidToken } from "../tokens/email-token";
import { getUserEmail } from "../users/user-fields";

/** What a mailed link would verify. Looking changes nothing: mail scanners open links too. @throws AppError `invalid_token`. */
export async function getVerification(
  db: Db,
  { token, principal }: { token: string; principal: Principal | null },
  clock: Clock = systemClock,
): Promise<VerificationView> {
  const { userId } = await findEmailToken(db, { token, purpose: "verify_email" }, clock);
  const email = await getUserEmail(db, userId);
  if (email === undefined) throw invalidToken();
  return { email, needs_password: principal?.userId !== userId };
}
