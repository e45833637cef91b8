import type { Metadata } from "next";

interface GuidePage {
  href: string;
  label: string;
  /** Its first line, and what search engines show. */
  lead: string;
}

/** The documentation in its reading order. A guide is one entry here and one folder. */
export const guides = [
  {
    href: "/docs",
    label: "Getting started",
    lead: "From an account to the first completion, and what to know before production.",
  },
  {
    href: "/docs/keys",
    label: "Keys and environments",
    lead: "A key lets a program call the models for your organization. It belongs to one of two environments.",
  },
  {
    href: "/docs/openai",
    label: "OpenAI-compatible API",
    lead: "Keep your OpenAI SDK, streams, tools, JSON schemas and embeddings. Change the base URL and the key.",
  },
  {
    href: "/docs/compatibility",
    label: "Compatibility",
    lead: "How each provider handles each field of OpenAI’s API: kept, adapted or refused.",
  },
  {
    href: "/docs/migrate",
    label: "Migrating",
    lead: "From OpenAI, OpenRouter or LiteLLM: what changes is one line.",
  },
  {
    href: "/docs/requests",
    label: "Requests and results",
    lead: "A request is accepted, runs, and ends exactly once. Wait for the result, or fetch it later.",
  },
  {
    href: "/docs/webhooks",
    label: "Webhooks",
    lead: "We call your server when a request ends, a key is revoked or a payment fails. Each call is signed, and retried for three days if it fails.",
  },
  { href: "/docs/errors", label: "Errors", lead: "Every call returns errors in one format, OpenAI’s." },
  {
    href: "/docs/limits",
    label: "Limits",
    lead: "A plan has two limits: requests per minute and tokens per month.",
  },
  {
    href: "/docs/billing",
    label: "Billing and caps",
    lead: "A plan is a fixed price with tokens included. Nothing is billed beyond it unless you turn on overage, and you can cap that.",
  },
  {
    href: "/docs/usage",
    label: "Usage and history",
    lead: "Usage adds up your requests; history lists them. Both are up to date to the moment you call, in the portal and in the API.",
  },
  {
    href: "/docs/security",
    label: "Security",
    lead: "How we protect what you send, who can read it, and how to see what happened in your organization.",
  },
  {
    href: "/docs/api",
    label: "API reference",
    lead: "Every operation of the AgathaAI API, with examples, errors and a form to try it with your own key.",
  },
] as const satisfies readonly GuidePage[];

export type GuidePath = (typeof guides)[number]["href"];

export function guideAt(href: GuidePath): GuidePage {
  const guide = guides.find((one) => one.href === href);
  if (guide === undefined) throw new Error(`there is no guide at ${href}`);
  return guide;
}

export function guideMetadata(href: GuidePath): Metadata {
  const { label, lead } = guideAt(href);
  return { title: label, description: lead };
}
