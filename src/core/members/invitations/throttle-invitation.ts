import { consumeLimit } from "../../limits";
import { DAY } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";

/** Invitations a day: of an organization, by one person in all of theirs, and to one address from everybody. */
export const INVITATIONS_PER_DAY = { organization: 50, inviter: 50, address: 5 } as const;

interface Invitation {
  orgId: string;
  userId: string;
  /** The address's blind index: counters hold no addresses. */
  address: Uint8Array;
}

/**
 * Counts an invitation, a mail to a stranger in our name. An organization alone is no bound: one person owns several,
 * and several people can aim at one mailbox. The narrowest count goes first, so that what it refuses takes nothing from
 * the others.
 * @throws AppError `too_many_attempts`.
 */
export async function throttleInvitation(db: Db, { orgId, userId, address }: Invitation): Promise<void> {
  const { organization, inviter, address: perAddress } = INVITATIONS_PER_DAY;
  const counts = [
    {
      key: `invitations:to:${Buffer.from(address).toString("hex")}`,
      limit: perAddress,
      refusal: `One address can be sent ${perAddress} invitations per day.`,
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
