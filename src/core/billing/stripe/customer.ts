import { getUserEmail } from "../../accounts";
import { type Db, systemClock, toPublicId } from "../../platform";
import { ownCell } from "../../platform/cell/own-cell";
import { type BillingLease, writeUnderLease } from "./billing-lease";
import type { Stripe } from "./stripe-client";

/**
 * The organization's one customer at Stripe, created on first use. The idempotency key makes a repeated call find the
 * customer that an earlier call created, even when its response or our commit was lost.
 */
export async function ensureCustomer(
  db: Db,
  stripe: Stripe,
  lease: BillingLease,
  { userId }: { userId: string },
): Promise<string> {
  const { orgId } = lease;
  const row = await db.subscription.findUnique({
    where: { orgId },
    select: { stripeCustomerId: true, updatedAt: true },
  });
  if (row?.stripeCustomerId) return row.stripeCustomerId;
  const email = await getUserEmail(db, userId);
  const cell = ownCell();
  const { id } = await stripe.customers.create(
    {
      ...(email === undefined ? {} : { email }),
      metadata: { org_id: toPublicId("org", orgId), ...(cell && { cell }) },
    },
    // The key changes with the row: otherwise the repeated response would bring back a customer that was deleted.
    { idempotencyKey: `customer-${orgId}-${userId}-${row?.updatedAt.getTime() ?? 0}` },
  );
  const now = systemClock.now();
  await writeUnderLease(db, lease, (tx) =>
    tx.subscription.upsert({
      where: { orgId },
      create: { orgId, stripeCustomerId: id, createdAt: now, updatedAt: now },
      update: { stripeCustomerId: id, updatedAt: now },
    }),
  );
  return id;
}

/** The organization's customer at Stripe; undefined while it has none. */
export async function findCustomerId(db: Db, orgId: string): Promise<string | undefined> {
  const row = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  return row?.stripeCustomerId ?? undefined;
}

/** The organization behind a customer; undefined for a customer that is not ours. */
export async function findOrgOfCustomer(db: Db, stripeCustomerId: string): Promise<string | undefined> {
  const row = await db.subscription.findUnique({ where: { stripeCustomerId }, select: { orgId: true } });
  return row?.orgId;
}
