import { actorOf, recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import type { SetCapInput, SpendingView } from "../schemas";
import { getSpending } from "./get-spending";

/**
 * Sets the most an organization may spend in a UTC calendar month; null is no limit. It applies from the next request.
 * A cap below the present spend means "stop now"; running requests still finish.
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
