/** Whether Stripe does not know what was named: it is deleted, or of another account. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "resource_missing";
}

/** For `catch`: undefined in place of what Stripe does not know. */
export function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

/** Whether it is the customer that Stripe does not know, named beside other things. */
export function isUnknownCustomer(error: unknown): boolean {
  return error instanceof Error && isMissing(error) && error.message.startsWith("No such customer");
}
