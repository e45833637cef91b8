import type { Email } from "@agathaai/core/platform/mail/render-email";

/** An email with sample data. */
export interface Sample {
  name: string;
  /** Null would be an email that is not sent: no sample is one. */
  email: () => Email | null;
  /** The paths its text links to. */
  links: readonly string[];
}

export const token = "sample-token";
export const reason = "Automated sign-ups from one address";
export const contact = "support@agathaai.com";
export const credentials = { keys: 2, serviceAccounts: 1 };
export const ended = { sessions: 2, keys: 1, service_accounts: 1, invitations: 0, grants: 0 };
export const day = new Date("2026-12-01T00:00:00Z");
export const creation = { device: "Firefox on macOS", at: new Date("2026-11-26T10:30:00Z") };
