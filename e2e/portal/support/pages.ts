/** What the pages of the portal are about. */
export interface World {
  requestId: string;
  keyId: string;
  webhookId: string;
  organizationId: string;
  inquiryId: string;
}

export interface SitePage {
  /** Names its pictures. */
  name: string;
  path: string | ((world: World) => string);
  /** Rules of good practice, never of WCAG, that a library's markup breaks and we cannot change. */
  excused?: readonly string[];
}

const page = (path: string, name = path.slice(1).replaceAll(/\W+/g, "-")): SitePage => ({ name, path });

/** Every page. A new one is one line here: it is then checked for accessibility and layout, and photographed in both themes and sizes. */
export const pages = {
  /** For anyone. */
  public: [
    page("/", "landing"),
    page("/pricing"),
    page("/docs"),
    page("/docs/keys"),
    page("/docs/openai"),
    page("/docs/compatibility"),
    page("/docs/migrate"),
    page("/docs/requests"),
    page("/docs/webhooks"),
    page("/docs/errors"),
    page("/docs/limits"),
    page("/docs/billing"),
    page("/docs/usage"),
    page("/docs/security"),
    // The viewer brings a second main part; as a region it is no landmark twice, though no element of its kind may be one.
    { ...page("/docs/api"), excused: ["aria-allowed-role"] },
    page("/enterprise"),
    page("/status"),
    page("/terms"),
    page("/privacy"),
    page("/dpa"),
    page("/baa"),
    page("/subprocessors"),
    page("/do-not-sell"),
    page("/nowhere", "not-found"),
  ],
  /** Sign-up, sign-in and the pages that emailed links open. */
  auth: [
    page("/sign-in"),
    page("/sign-in/company?connection=none", "sign-in-company"),
    page("/sign-up"),
    page("/forgot-password"),
    page("/reset-password?token=none", "reset-password"),
    page("/verify?token=none", "verify"),
    page("/confirm-email?token=none", "confirm-email"),
    page("/undo-email?token=none", "undo-email"),
    page("/end-sessions?token=none", "end-sessions"),
    page("/status/subscribe"),
    page("/status/confirm?token=none", "status-confirm"),
    page("/status/unsubscribe?token=none", "status-unsubscribe"),
    page("/invite?token=none", "invite"),
    page("/erased", "erased-incomplete"),
    page("/oauth/error?reason=invalid_redirect_uri", "oauth-error"),
  ],
  /** For a member of an organization that has been at work for a while. */
  portal: [
    page("/overview"),
    page("/playground"),
    page("/keys"),
    { name: "key", path: ({ keyId }) => `/keys/${keyId}` },
    page("/requests"),
    { name: "request", path: ({ requestId }) => `/requests/${requestId}` },
    page("/usage"),
    page("/usage?view=table&range=7d", "usage-table"),
    page("/webhooks"),
    { name: "webhook", path: ({ webhookId }) => `/webhooks/${webhookId}` },
    page("/apps"),
    page("/service-accounts"),
    page("/oauth/consent/none", "oauth-consent-expired"),
    page("/device"),
    page("/device?user_code=BCDF-GHJK", "device-with-code"),
    page("/billing"),
    page("/team"),
    page("/team/roles"),
    page("/audit"),
    page("/audit/reports"),
    page("/audit/stream"),
    page("/settings"),
    page("/settings/company-sign-in"),
    page("/settings/data"),
    page("/exports/none", "export-gone"),
  ],
  /** For our operators. */
  operator: [
    page("/admin", "admin"),
    { name: "admin-organization", path: ({ organizationId }) => `/admin/organizations/${organizationId}` },
    page("/admin/suspensions"),
    page("/admin/holds"),
    page("/admin/billing"),
    page("/admin/status"),
    page("/admin/queues"),
    page("/admin/models"),
    page("/admin/drift"),
    page("/admin/inquiries"),
    { name: "admin-inquiry", path: ({ inquiryId }) => `/admin/inquiries/${inquiryId}` },
    page("/admin/reports"),
    page("/admin/audit"),
  ],
} as const satisfies Record<string, readonly SitePage[]>;

export const pathOf = ({ path }: SitePage, world: World): string =>
  typeof path === "string" ? path : path(world);

export const nowhere: World = {
  requestId: "none",
  keyId: "none",
  webhookId: "none",
  organizationId: "none",
  inquiryId: "none",
};
