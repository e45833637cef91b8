import { AppError } from "@agathaai/core/platform";
import { isSameOrigin } from "../../auth/same-origin";

/**
 * Refuses a state-changing call that another site's page makes with the visitor's cookie (CSRF). Only JSON is accepted:
 * forms on other sites cannot send it.
 */
export function assertPortalCall({ method, headers }: Request): void {
  if (method !== "POST") return;
  const from = {
    site: headers.get("sec-fetch-site"),
    origin: headers.get("origin"),
    host: headers.get("host"),
  };
  if (!isSameOrigin(from)) {
    throw new AppError("insufficient_scope", { public: "This call must come from the portal’s own pages." });
  }
  if (!/^application\/json\b/i.test(headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", { public: "Send the body as application/json." });
  }
}
