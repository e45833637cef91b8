/**
 * The events that a webhook can be sent, with what each is about. A type is never renamed: customers' programs switch on it.
 * Their data holds ids and figures, never a prompt, an answer, a name or an address: who needs those asks the API for them.
 */
export const eventTypes = {
  "inference.completed": "A request to /api/v1/inference has an answer.",
  "inference.failed": "A request to /api/v1/inference ended without an answer. It was not billed.",
  "inference.cancelled": "A request to /api/v1/inference was canceled. It was not billed.",
  "usage.threshold": "Usage passed 80% or 100% of your tokens, or 50%, 80% or 100% of a spend cap.",
  "key.created": "An API key was created, or replaces one that was rotated.",
  "key.expiring": "An API key stops working within seven days.",
  "key.revoked": "An API key was revoked.",
  "subscription.updated": "Your plan, its status or its end changed.",
  "invoice.payment_failed": "A payment failed, or waits for your bank’s confirmation.",
  "member.added": "Someone joined your organization.",
  "member.removed": "Someone left your organization or was removed.",
  "model.retiring": "A model you used in the last 30 days stops in 30, 7 or 1 days.",
  "export.ready":
    "An export of your organization is ready. Its link is emailed to the person who requested it.",
} as const satisfies Record<string, string>;

export type EventType = keyof typeof eventTypes;

/** Sent only when you ask for it, to try an endpoint. */
export const TEST_EVENT = "webhook.test";

export const eventTypeIds = Object.keys(eventTypes).filter(isEventType);

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventTypes, type);
}
