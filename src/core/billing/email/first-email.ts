import type { Tx } from "../../platform/db/client";

/** Part of the commit after which the email goes out. True the first time: two events may be about one thing. */
export async function isFirstEmail(
  tx: Tx,
  { key, orgId, now }: { key: string; orgId: string; now: Date },
): Promise<boolean> {
  const { count } = await tx.billingLetter.createMany({
    data: { key, orgId, createdAt: now },
    skipDuplicates: true,
  });
  return count === 1;
}
