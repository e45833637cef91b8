import type { AuditAction } from "../../../shared/audit-actions";
import type { Details } from "../record/entry";

/** What did not succeed, or was refused. Everything else in the log is something that was done. */
export const failedActions = [
  "auth.login_failed",
  "auth.refresh_token_reused",
  "auth.second_factor_failed",
  "company.sign_in_refused",
  "domain.missing",
  "domain.lost",
] as const satisfies readonly AuditAction[];

export const outcomes = ["succeeded", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

const failed: ReadonlySet<string> = new Set(failedActions);

/** An API call failed if its status says so. */
export function outcomeOf(action: string, { status }: Details): Outcome {
  if (action === "api.request") return typeof status === "number" && status >= 400 ? "failed" : "succeeded";
  return failed.has(action) ? "failed" : "succeeded";
}
