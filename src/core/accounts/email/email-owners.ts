import type { Db } from "../../platform/db/client";
import type { Email } from "../../platform/mail/send-email";
import { emailUser } from "./email-user";

/** Writes to every owner of an organization, whatever they muted: only for what concerns its safety or its end. */
export async function emailOwners(
  db: Db,
  { orgId, exceptUserId }: { orgId: string; exceptUserId?: string },
  email: Email,
): Promise<void> {
  const owners = await db.membership.findMany({
    where: { orgId, role: "owner", user: { deletedAt: null } },
    select: { userId: true },
  });
  const others = owners.filter(({ userId }) => userId !== exceptUserId);
  const sent = await Promise.allSettled(others.map(({ userId }) => emailUser(db, userId, email)));
  const failed = sent.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
