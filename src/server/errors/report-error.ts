import { type AppError, errorTable } from "@agathaai/core/platform";
import { log } from "@agathaai/core/platform/observability/log";
import { toAppError } from "./to-app-error";

const DEFAULT_RETRY_SECONDS = 1;

/** The headers that go with an error's envelope: when to try again, or that it is of no use. */
export function errorHeaders(error: AppError): Record<string, string> {
  const { status, retry } = errorTable[error.code];
  const limited = status === 429 || status === 503;
  const seconds = error.retryAfterSeconds ?? (limited ? DEFAULT_RETRY_SECONDS : undefined);
  return {
    ...(seconds !== undefined && { "retry-after": String(Math.max(1, Math.ceil(seconds))) }),
    ...(!retry && { "x-should-retry": "false" }),
  };
}

/** Logs an error that is no fault of the caller's, with its cause and what it was on. */
export function logFailure(
  error: unknown,
  where: { request_id: string; route?: string; procedure?: string | undefined },
): void {
  const problem = toAppError(error);
  if (problem.status < 500) return;
  log().error(
    { err: problem.cause ?? problem, code: problem.code, ...where },
    problem.internal ?? "a request failed",
  );
}
