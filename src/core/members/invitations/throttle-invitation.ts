import { consumeLimit } from "../../limits";
import { AppError, DAY, type Db } from "../../platform";

/** Invitations a day: of one organization, by one user in all their organizations, and to one email address. */
export const INVITATIONS_PER_DAY = { organization: 50, inviter: 50, email: 5 } as const;

interface Invitation {
  orgId: string;
  userId: string;
  /** The blind index of the email address, because counters hold no email addresses. */
  emailIndex: Uint8Array;
}

/**
 * Counts an invitation, which is an email to a stranger in our name. A limit per organization alone is not enough: one
 * user owns several, and several users can target one mailbox. The narrowest limit is checked first, so that a refusal
 * does not count against the others.
 * @throws AppError `too_many_attempts`.
 */
export async function throttleInvitation(db: Db, { orgId, userId, emailIndex }: Invitation): Promise<void> {
  const { organization, inviter, email } = INVITATIONS_PER_DAY;
  const counts = [
    {
      key: `invitations:to:${Buffer.from(emailIndex).toString("hex")}`,
      limit: email,
      refusal: `One address can be sent ${email} invitations per day.`,
    },
    {
      key: `invitations:by:${userId}`,
      limit: inviter,
      refusal: `One person can send ${inviter} invitations per day.`,
    },
    {
      key: `invitations:${orgId}`,
      limit: organization,
      refusal: `An organization can send ${organization} invitations per day.`,
    },
  ];
  for (const { key, limit, refusal } of counts) {
    const decision = await consumeLimit(db, { key, limit, windowMs: DAY });
    if (decision.allowed) continue;
    throw new AppError("too_many_attempts", {
      public: `${refusal} Try again later.`,
      retryAfterSeconds: Math.max(1, Math.ceil((decision.resetAt.getTime() - Date.now()) / 1_000)),
    });
  }
}
