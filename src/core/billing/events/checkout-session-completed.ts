import { syncSubscriptionIn } from "../sync-subscription";
import { customerOf, type EventHandler } from "./event-handler";

/** `checkout.session.completed`: paid, whether or not the tab that paid is still open. */
export const checkoutSessionCompleted: EventHandler = {
  async handle(tx, stripe, event) {
    const customer = customerOf(event);
    if (customer !== undefined) await syncSubscriptionIn(tx, stripe, customer);
    return undefined;
  },
};
