import { log } from "@agathaai/core/platform/observability/log";
import { toAppError } from "../../errors/to-app-error";

/** Logs a call of the portal's that broke through no fault of the caller's. */
export function reportPortalFailure(error: unknown, requestId: string, procedure: string | undefined): void {
  const problem = toAppError(error);
  if (problem.status < 500) return;
  log().error(
    { err: problem.cause ?? problem, code: problem.code, request_id: requestId, procedure },
    problem.internal ?? "a portal call failed",
  );
}
