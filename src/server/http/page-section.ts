/** The first parts of our pages' paths. Anything else is a visitor's own text and does not belong in the log. */
const sections: ReadonlySet<string> = new Set([
  ...["", "_next", "api", "baa", "do-not-sell", "docs", "dpa", "enterprise", "pricing", "privacy", "status"],
  ...["subprocessors", "terms"],
  ...[
    "confirm-email",
    "device",
    "end-sessions",
    "erased",
    "forgot-password",
    "invite",
    "oauth",
    "reset-password",
    "sign-in",
    "sign-up",
  ],
  ...["undo-email", "verify"],
  ...[
    "admin",
    "apps",
    "audit",
    "billing",
    "exports",
    "keys",
    "overview",
    "playground",
    "requests",
    "service-accounts",
    "settings",
    "team",
    "usage",
    "webhooks",
  ],
]);

/** `/requests/inf_…?status=failed` → `/requests`; `/other` for a path that is no page. */
export function pageSection(target = "/"): string {
  const first = /^\/([^/?#]*)/.exec(target)?.[1];
  return first !== undefined && sections.has(first) ? `/${first}` : "/other";
}
