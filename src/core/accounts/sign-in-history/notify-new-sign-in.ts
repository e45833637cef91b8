import { consumeLimit } from "../../limits";
import { type Clock, type Db, HOUR } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { addressBlock } from "../../platform/network/address-block";
import { emailUser } from "../email/email-user";
import type { CallerContext } from "../schemas";
import type { NewSession } from "../sessions/create-session";
import { describeDevice } from "../sessions/describe-device";
import { issueEmailToken } from "../tokens/email-token";
import { newSignInEmail } from "./new-sign-in-email";

/** Whoever has the password can sign in from a new place each time: enough to warn, too little to bury other mail. */
const emailLimit = { limit: 10, windowMs: HOUR };

/**
 * Emails the person that somebody signed in from a device that nobody had used before. Call it once the session is
 * committed. Nobody can mute this email. It is sent after the response, which therefore reveals nothing about it.
 */
export function notifyNewSignIn(
  db: Db,
  { userId, newDevice }: Pick<NewSession, "userId" | "newDevice">,
  { ip, userAgent }: CallerContext,
  clock: Clock,
): void {
  if (!newDevice) return;
  const at = clock.now();
  afterResponse("new sign-in email", async () => {
    const { allowed } = await consumeLimit(db, { key: `sign-in:mail:${userId}`, ...emailLimit });
    if (!allowed) return;
    const token = await db.$transaction((tx) =>
      issueEmailToken(tx, { userId, purpose: "end_sessions" }, clock),
    );
    const place = ip === null ? null : addressBlock(ip);
    await emailUser(
      db,
      userId,
      newSignInEmail(token, { device: describeDevice(userAgent ?? null), place, at }),
    );
  });
}
