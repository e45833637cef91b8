import { AppError } from "@agathaai/core/platform/errors";

/**
 * Refuses a state-changing call that another site's page makes with the visitor's cookie (CSRF; OWASP: Fetch Metadata,
 * else Origin against the host called). Browsers set both headers and no page can forge them; a call that carries
 * neither does not come from a current browser. Only JSON is accepted: forms on other sites cannot send it.
 */
export function assertPortalCall({ method, headers }: Request): void {
  if (method !== "POST") return;
  if (!isSameOrigin(headers)) {
    throw new AppError("insufficient_scope", { public: "This call must come from the portal’s own pages." });
  }
  if (!/^application\/json\b/i.test(headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", { public: "Send the body as application/json." });
  }
}

function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
