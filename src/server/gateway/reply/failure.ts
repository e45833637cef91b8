import { AppError } from "@agathaai/core/platform";
import type { ProviderFailure } from "@agathaai/worker/engine/failures/errors";

/** A provider's failure as its caller sees it. A field that the provider refused is the caller's to mend: 400, as at OpenAI. */
export function failureOf(failure: ProviderFailure): AppError {
  const { kind, publicCode, publicMessage, publicParam, retryAfterMs } = failure;
  const mendable = kind === "rejected" && publicCode === "provider_rejected" && publicParam !== undefined;
  return new AppError(mendable ? "invalid_request" : publicCode, {
    public: publicMessage,
    internal: failure.message,
    param: publicParam,
    retryAfterSeconds: retryAfterMs === undefined ? undefined : retryAfterMs / 1_000,
  });
}

/** Why a call has no whole answer whose caller stopped it, or hung up. */
export function endedByCaller(): AppError {
  return new AppError("conflict", {
    public: "This generation was ended by its caller. What had been delivered until then was billed.",
  });
}
