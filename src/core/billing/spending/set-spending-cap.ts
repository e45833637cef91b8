import { actorOf, recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { UserPrincipal } from "../../platform/principal";
import type { SetCapInput, SpendingView } from "../schemas";
import { getSpending } from "./get-spending";

/**
 * What an organization may spend in a UTC calendar month, or null for no limit. It holds from the next request on; below
 * what is spent already it means "stop now", and what runs is still finished.
 */
export async function setSpendingCap(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: SetCapInput },
  clock: Clock = systemClock,
): Promise<SpendingView> {
  const { orgId } = principal;
  const now = clock.now();
  const monthlyCapMicros = input.monthly_cap_micros === null ? null : BigInt(input.monthly_cap_micros);
  await db.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ cap: bigint | null }[]>`
      SELECT monthly_cap_micros AS cap FROM subscriptions WHERE org_id = ${orgId}::uuid FOR UPDATE`;
    if (before !== undefined && before.cap === monthlyCapMicros) return;
    await tx.subscription.upsert({
      where: { orgId },
      create: { orgId, monthlyCapMicros, createdAt: now, updatedAt: now },
      update: { monthlyCapMicros, updatedAt: now },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "org.spending_changed",
      details: {
        cap_micros: input.monthly_cap_micros,
        cap_micros_before: before?.cap == null ? null : Number(before.cap),
      },
    });
  });
  return getSpending(db, { orgId }, clock);
}
