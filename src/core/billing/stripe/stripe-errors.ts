import { AppError } from "../../platform";
import { StripeBusyError } from "./stripe-circuit-breaker";

/** Whether Stripe does not know the object: it was deleted, or is in another account. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "resource_missing";
}

/** For `catch`: turns "no such object" into undefined. */
export function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

/** Whether the customer is what Stripe does not know, rather than another object in the call. */
export function isUnknownCustomer(error: unknown): boolean {
  return error instanceof Error && isMissing(error) && error.message.startsWith("No such customer");
}

const RETRY_SECONDS = 5;

/**
 * The AppError for a Stripe that is slow, down, busy or refusing our account; undefined for any other error. Classes
 * are compared by name because pages and the API are bundled separately.
 */
export function stripeOutage(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (textOf(error, "type")) {
    case "StripeConnectionError":
      return unavailable(error, retryAfterOf(Reflect.get(error, "detail")));
    case "StripeRateLimitError":
      return unavailable(error, retryAfterOf({ retryAfterSeconds: headerOf(error) }));
    case "StripeAPIError":
    case "StripeIdempotencyError":
    case "StripeAuthenticationError":
    case "StripePermissionError":
      return unavailable(error, RETRY_SECONDS);
    default:
      return error instanceof StripeBusyError ? unavailable(error, error.retryAfterSeconds) : undefined;
  }
}

export function billingUnavailable(
  internal: string,
  { retryAfterSeconds = RETRY_SECONDS, cause }: { retryAfterSeconds?: number; cause?: unknown } = {},
): AppError {
  return new AppError("billing_unavailable", {
    public: `Our payment provider is not responding. Try again in ${retryAfterSeconds} s; everything else works.`,
    internal,
    retryAfterSeconds,
    cause,
  });
}

function unavailable(cause: Error, retryAfterSeconds: number): AppError {
  return billingUnavailable(`Stripe: ${textOf(cause, "type") ?? cause.name}`, { retryAfterSeconds, cause });
}

function retryAfterOf(detail: unknown): number {
  const seconds: unknown =
    typeof detail === "object" && detail !== null ? Reflect.get(detail, "retryAfterSeconds") : undefined;
  return typeof seconds === "number" && seconds > 0 && seconds < 3_600 ? Math.ceil(seconds) : RETRY_SECONDS;
}

function headerOf(error: Error): number {
  const headers: unknown = Reflect.get(error, "headers");
  return typeof headers === "object" && headers !== null ? Number(Reflect.get(headers, "retry-after")) : NaN;
}

function textOf(error: Error, name: string): string | undefined {
  const text: unknown = Reflect.get(error, name);
  return typeof text === "string" ? text : undefined;
}
