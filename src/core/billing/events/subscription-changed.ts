import { syncSubscriptionIn } from "../sync-subscription";
import { customerOf, type EventHandler } from "./event-handler";

/** `customer.subscription.*` and `subscription_schedule.*`: something about what was bought is different now. */
export const subscriptionChanged: EventHandler = {
  async handle(tx, stripe, event) {
    const customer = customerOf(event);
    if (customer !== undefined) await syncSubscriptionIn(tx, stripe, customer);
    return undefined;
  },
};
