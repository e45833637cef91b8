import type { DbOrTx } from "../../platform/db/client";

/** In whose trail the deeds of a person as such stand: their own organization's, or else the one joined first. */
export async function defaultOrgOf(db: DbOrTx, userId: string): Promise<string | null> {
  const membership = await db.membership.findFirst({
    where: { userId },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
    select: { orgId: true },
  });
  return membership?.orgId ?? null;
}
