/** The documentation in its reading order. A guide is one line here and one folder. */
export const guides = [
  { href: "/docs", label: "Getting started" },
  { href: "/docs/keys", label: "Keys and environments" },
  { href: "/docs/openai", label: "OpenAI-compatible API" },
  { href: "/docs/requests", label: "Requests and results" },
  { href: "/docs/errors", label: "Errors" },
  { href: "/docs/limits", label: "Limits" },
  { href: "/docs/billing", label: "Billing and caps" },
  { href: "/docs/usage", label: "Usage and history" },
  { href: "/docs/security", label: "Security" },
  { href: "/docs/api", label: "API reference" },
] as const;
