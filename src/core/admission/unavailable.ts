import { AppError } from "../platform";
import { log } from "../platform/observability/log";
import { DatabaseAway } from "./commit/connection";

const RETRY_AFTER_SECONDS = 1;

/** The error for a call that could not be opened: nothing was billed, try again. */
export function unavailable(cause?: unknown): AppError {
  if (cause instanceof AppError && cause.code === "service_unavailable") return cause;
  if (cause !== undefined && !(cause instanceof DatabaseAway))
    log().error({ err: cause }, "a call could not be admitted");
  return new AppError("service_unavailable", {
    public: "Temporarily unavailable. Nothing was billed. Try again in a moment.",
    internal: "admission: PostgreSQL is away",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/** The error for a call whose settlement PostgreSQL refused: a defect of ours. */
export function notSettled(id: string, cause: unknown): AppError {
  log().error({ err: cause, request: id }, "a settlement was refused: the call ends as failed, unbilled");
  return new AppError("internal_error", {
    public: "Something failed on our side. This call was not billed. Try again.",
    internal: "a settlement was refused",
    cause,
  });
}

/** The error for callers of a process that stalled until it was declared dead. */
export function cutOff(why: string): AppError {
  return new AppError("service_unavailable", {
    public: "This call was cut off on our side. It was not billed. Try again.",
    internal: `this process was taken for dead, and of the call: ${why}`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
