import { z } from "zod";
import { actorOf, recordAuditIn } from "../audit";
import { lockMembers } from "../members";
import { AppError, type Clock, type Db, type OrgRole, systemClock, type UserPrincipal } from "../platform";

export const noticesSchema = z.strictObject({
  subscribed: z
    .boolean()
    .meta({ description: "Whether you are emailed 30 days before sub-processors change." }),
});
export type NoticesView = z.output<typeof noticesSchema>;

/** Whether this member is told of changes for the organization they act in. */
export async function getNotices(
  db: Db,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<NoticesView> {
  const found = await db.subProcessorNotice.count({ where: { orgId, userId } });
  return { subscribed: found > 0 };
}

const managers: readonly OrgRole[] = ["owner", "admin"];

function assertManager(role: OrgRole): void {
  if (managers.includes(role)) return;
  throw new AppError("insufficient_role", {
    public: "Only an owner or admin can be told of sub-processors for an organization.",
  });
}

/**
 * Turns it on or off for this member. What was announced before they subscribed is on the public page, and is still emailed where it has
 * not taken effect. It ends with the membership. @throws AppError `insufficient_role`.
 */
export async function updateNotices(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: NoticesView },
  clock: Clock = systemClock,
): Promise<NoticesView> {
  const { orgId, userId } = principal;
  assertManager(principal.role);
  return await db.$transaction(async (tx) => {
    assertManager((await lockMembers(tx, principal)).role);
    if (input.subscribed)
      await tx.subProcessorNotice.createMany({
        data: [{ orgId, userId, createdAt: clock.now() }],
        skipDuplicates: true,
      });
    else await tx.subProcessorNotice.deleteMany({ where: { orgId, userId } });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "sub_processor_notices", to: input.subscribed ? "on" : "off" },
    });
    return input;
  });
}
