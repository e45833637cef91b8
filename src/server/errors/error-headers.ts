import { type AppError, errorTable } from "@agathaai/core/platform/errors";

const DEFAULT_RETRY_SECONDS = 1;

/** What an error says beside its envelope: when to try again, or that it is of no use. */
export function errorHeaders(error: AppError): Record<string, string> {
  const { status, retry } = errorTable[error.code];
  const limited = status === 429 || status === 503;
  const seconds = error.retryAfterSeconds ?? (limited ? DEFAULT_RETRY_SECONDS : undefined);
  return {
    ...(seconds !== undefined && { "retry-after": String(Math.max(1, Math.ceil(seconds))) }),
    ...(!retry && { "x-should-retry": "false" }),
  };
}
