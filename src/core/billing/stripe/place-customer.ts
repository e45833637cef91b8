import { LRUCache } from "lru-cache";
import { type Db, publicId, systemClock } from "../../platform";
import { isOwnCell, ownCell } from "../../platform/cell/own-cell";
import { singleton } from "../../platform/concurrency/singleton";
import { log } from "../../platform/observability/log";
import { withBillingLease, writeUnderLease } from "./billing-lease";
import type { Stripe } from "./stripe-client";
import { unlessMissing } from "./stripe-errors";

/** A customer's cell never changes, and each of its events would ask again. */
const elsewhere = singleton("customers of other cells", () => new LRUCache<string, true>({ max: 20_000 }));

/**
 * Whose a customer is that no organization here has. Cells share an account at Stripe, so each gets the events of all. A
 * customer of this cell that nobody has was made shortly before a failover that lost its row: its organization gets it back.
 * Undefined where Stripe does not know it, or it is not the product's.
 */
export async function placeCustomer(
  db: Db,
  stripe: Stripe,
  id: string,
): Promise<string | "other cell" | undefined> {
  if (ownCell() === undefined) return undefined;
  if (elsewhere().has(id)) return "other cell";
  const customer = await stripe.customers.retrieve(id).catch(unlessMissing);
  if (customer === undefined || customer.deleted === true) return undefined;
  const org = publicId("org").safeParse(customer.metadata["org_id"]);
  if (!org.success) return undefined;
  if (!isOwnCell(customer.metadata["cell"])) {
    elsewhere().set(id, true);
    return "other cell";
  }
  return await giveBack(db, org.data, id);
}

async function giveBack(db: Db, orgId: string, customer: string): Promise<string | undefined> {
  const exists = await db.organization.count({ where: { id: orgId, deletedAt: null } });
  if (exists === 0) return undefined;
  return await withBillingLease(db, orgId, async (lease) => {
    const now = systemClock.now();
    const given = await writeUnderLease(db, lease, async (tx) => {
      const row = await tx.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
      if (row?.stripeCustomerId) return false;
      await tx.subscription.upsert({
        where: { orgId },
        create: { orgId, stripeCustomerId: customer, createdAt: now, updatedAt: now },
        update: { stripeCustomerId: customer, updatedAt: now },
      });
      return true;
    });
    if (!given) return undefined;
    log().warn({ org_id: orgId }, "an organization has its customer at Stripe again");
    return orgId;
  });
}
