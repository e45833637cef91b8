import { formatExactUtc } from "../../../shared/format/time";
import { Action, EmailLayout, Facts, Paragraph } from "../../platform/mail/email-layout";
import { portalUrl } from "../../platform/mail/portal-url";
import type { Email } from "../../platform/mail/render-email";

/** What a found secret opened. API keys have an email of their own. */
export type LeakedThing =
  | "scim_token"
  | "app_secret"
  | "service_account"
  | "service_account_token"
  | "session"
  | "connection";

interface Words {
  subject: string;
  lead: (organization: string) => string;
  advice: string;
  action: { label: string; path: string };
}

const words: Record<LeakedThing, Words> = {
  scim_token: {
    subject: "We revoked a SCIM token that was found in public",
    lead: (organization) =>
      `Someone who had the whole secret of a SCIM token of your organization “${organization}” reported it to us as leaked. Your directory’s calls with it are now refused; your members stay as they are.`,
    advice:
      "Create a new token, enter it at your identity provider, and remove the old one from where it was. Your audit log has the report.",
    action: { label: "View company sign-in", path: "/settings/company-sign-in" },
  },
  app_secret: {
    subject: "We revoked a client secret that was found in public",
    lead: (organization) =>
      `Someone who had the whole client secret of an app of your organization “${organization}” reported it to us as leaked. The app can’t get tokens with it anymore; the people who connected the app stay connected.`,
    advice:
      "Rotate the app’s secret, deploy the new one, and remove the old one from where it was. Your audit log has the report and names the app.",
    action: { label: "View apps", path: "/apps" },
  },
  service_account: {
    subject: "We revoked a client secret that was found in public",
    lead: (organization) =>
      `Someone who had the whole client secret of a service account of your organization “${organization}” reported it to us as leaked. It and every token of the account have stopped working.`,
    advice:
      "Rotate the account’s secret, deploy the new one, and remove the old one from where it was. Your audit log has the report and names the account.",
    action: { label: "View service accounts", path: "/service-accounts" },
  },
  service_account_token: {
    subject: "We ended the tokens of a service account: one was found in public",
    lead: (organization) =>
      `Someone who had a token of a service account of your organization “${organization}” reported it to us as leaked. Every token that the account had has stopped working; it can get new ones with its client secret.`,
    advice:
      "Remove the token from where it was, and rotate the client secret if that may be known too. Your audit log has the report and names the account.",
    action: { label: "View service accounts", path: "/service-accounts" },
  },
  session: {
    subject: "We ended a session whose token was found in public",
    lead: () =>
      "Someone who had a token of one of your API sessions reported it to us as leaked. That session has ended; your other sessions and your API keys keep working.",
    advice: "Sign in again where you need it, and remove the token from where it was.",
    action: { label: "View sessions", path: "/settings#sessions" },
  },
  connection: {
    subject: "We disconnected an app whose token was found in public",
    lead: (organization) =>
      `Someone who had a token of an app that you connected to “${organization}” reported it to us as leaked. The app can no longer act for you.`,
    advice:
      "Connect the app again if you trust it, and tell its makers. Your organization’s audit log has the report and names the app.",
    action: { label: "View connected apps", path: "/settings#connected-apps" },
  },
};

/** Without where it was found: the finder is a stranger, and the address would be a link of theirs. */
export function leakedSecretEmail(
  thing: LeakedThing,
  {
    organization,
    shown,
    at,
  }: { organization: string; shown: { prefix: string | null; last_four: string | null }; at: Date },
): Email {
  const { subject, lead, advice, action } = words[thing];
  const secret = shown.prefix === null ? [] : [["Secret", `${shown.prefix}…${shown.last_four}`] as const];
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={lead(organization)}
        footer="This email protects your account and can’t be turned off."
      >
        <Paragraph>{advice}</Paragraph>
        <Facts rows={[...secret, [thing === "session" ? "Ended" : "Revoked", formatExactUtc(at)]]} />
        <Action label={action.label} url={portalUrl(action.path)} />
      </EmailLayout>
    ),
  };
}
