import { formatExactUtc } from "../../../shared/format/time";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";

interface NewSignIn {
  device: string;
  /** A block of IP addresses: enough to recognize one's own network, and not the address itself. */
  place: string | null;
  at: Date;
}

export function newSignInEmail(token: string, { device, place, at }: NewSignIn): Email {
  const subject = "New sign-in to your account";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="Someone signed in to your AgathaAI account from a device you haven’t used before."
        footer="This email protects your account and can’t be turned off. The link works once, for 7 days."
      >
        <Paragraph>
          If it was you, there’s nothing to do. If it wasn’t, end all sessions, then reset your password:
          whoever signed in knows it.
        </Paragraph>
        <Facts
          rows={[
            ["Time", formatExactUtc(at)],
            ["Device", device],
            ...(place === null ? [] : [["Network", place] as const]),
          ]}
        />
        <Action label="End all sessions" url={portalUrl("/end-sessions", { token })} />
      </EmailLayout>
    ),
  };
}
