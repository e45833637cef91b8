import { getUserEmail } from "../accounts";
import { systemClock } from "../platform/clock";
import type { Tx } from "../platform/db";
import { toPublicId } from "../platform/ids";
import type { Stripe } from "./stripe-client";

/**
 * The organization's one customer at Stripe, made when it is first needed. To be called under the billing lock; the
 * idempotency key lets a call whose commit failed find the customer it had made.
 */
export async function ensureCustomer(
  tx: Tx,
  stripe: Stripe,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<string> {
  const row = await tx.subscription.findUnique({
    where: { orgId },
    select: { stripeCustomerId: true, updatedAt: true },
  });
  if (row?.stripeCustomerId) return row.stripeCustomerId;
  const email = await getUserEmail(tx, userId);
  const { id } = await stripe.customers.create(
    { ...(email === undefined ? {} : { email }), metadata: { org_id: toPublicId("org", orgId) } },
    // Another key once the row has changed: a customer that was deleted must not come back as the repeated answer.
    { idempotencyKey: `customer-${orgId}-${userId}-${row?.updatedAt.getTime() ?? 0}` },
  );
  const now = systemClock.now();
  await tx.subscription.upsert({
    where: { orgId },
    create: { orgId, stripeCustomerId: id, createdAt: now, updatedAt: now },
    update: { stripeCustomerId: id, updatedAt: now },
  });
  return id;
}
