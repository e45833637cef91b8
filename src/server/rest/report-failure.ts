import type { AppError } from "@agathaai/core/platform/errors";
import { log } from "@agathaai/core/platform/observability/log";
import type { Call } from "./call";

/** Logs what broke outside any procedure; failures inside one are logged where they happen, with its name. */
export function reportFailure(problem: AppError, call: Call): void {
  if (problem.status < 500) return;
  log().error(
    { err: problem.cause ?? problem, code: problem.code, request_id: call.requestId, route: call.route },
    problem.internal ?? "a request failed",
  );
}
