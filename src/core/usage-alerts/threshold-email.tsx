import { formatCount } from "../../shared/format/count";
import { formatMoneyExactly } from "../../shared/format/money";
import { formatDay } from "../../shared/format/time";
import { emailPreferencesUrl } from "../accounts";
import { Action, type Email, EmailLayout, Paragraph, portalUrl } from "../platform/mail";
import type { LimitKind } from "../quota";

/** The limit an alert is about, as it is when the email is written. */
export interface AlertedLimit {
  kind: LimitKind;
  /** Tokens, or micro-dollars for a cap. */
  limit: number;
  used: number;
  /** The key's name, where the cap is a key's. */
  keyName: string | null;
  keyMaker: string | null;
  /** Whether requests go on past the quota and are billed. */
  paysOverage: boolean;
}

type Alert = AlertedLimit & { percent: number; resetsAt: Date };

interface AlertText {
  subject: string;
  /** How much of the limit is used. */
  lead: string;
  /** What that means, and what to do. */
  meaning: string;
}

/** The email about a passed threshold, with a link to where the limit is changed. */
export function thresholdEmail(alert: Alert): Email {
  const { kind, percent } = alert;
  const { subject, lead, meaning } = kind === "quota" ? quotaText(alert) : capText(alert);
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={lead}
        footer={`We send this once per month at ${percent}%. You’re receiving it as an owner or billing member of an organization on AgathaAI, or because you created the key.`}
        preferencesUrl={emailPreferencesUrl()}
      >
        <Paragraph>{meaning}</Paragraph>
        <Action
          label={kind === "quota" ? "View plan and usage" : "Change cap"}
          url={portalUrl(kind === "key_cap" ? "/keys" : "/billing")}
        />
      </EmailLayout>
    ),
  };
}

function quotaText({ percent, limit, used, paysOverage, resetsAt }: Alert): AlertText {
  const reached = percent >= 100;
  const lead = `You have used ${formatCount(used)} of ${formatCount(limit)} tokens this month.`;
  if (paysOverage) {
    return {
      subject: reached ? "You’ve used all your monthly tokens" : `You’ve used ${percent}% of your tokens`,
      lead,
      meaning: reached
        ? "Overage is on: further usage is billed at model prices, up to your spend cap if you set one."
        : "Overage is on: usage past your plan’s tokens is billed at model prices.",
    };
  }
  return {
    subject: reached
      ? "You’ve used all your tokens; requests are refused"
      : `You’ve used ${percent}% of your tokens`,
    lead,
    meaning: reached
      ? `Requests that no longer fit are refused until ${formatDay(resetsAt)} (UTC). Upgrading raises the limit at once.`
      : `Requests stop at the limit. It resets on ${formatDay(resetsAt)} (UTC); upgrading raises it at once.`,
  };
}

function capText({ kind, percent, limit, used, keyName, resetsAt }: Alert): AlertText {
  const ofKey = kind === "key_cap";
  const reached = percent >= 100;
  return {
    subject: reached
      ? `Spend cap reached: ${ofKey ? "a key’s" : "your"} requests are refused`
      : `You’ve used ${percent}% of a spend cap`,
    lead: `${ofKey ? `The API key “${keyName}”` : "Your organization"} has spent ${formatMoneyExactly(used)} of its monthly cap of ${formatMoneyExactly(limit)}.`,
    meaning: reached
      ? `Requests that no longer fit are refused until ${formatDay(resetsAt)} (UTC), or until you raise the cap.`
      : `At the cap, requests are refused until ${formatDay(resetsAt)} (UTC).`,
  };
}
