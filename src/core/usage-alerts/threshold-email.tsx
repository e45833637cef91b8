import { formatCount } from "../../shared/count";
import { formatMoneyExactly } from "../../shared/money";
import { formatDay } from "../../shared/time";
import { emailPreferencesUrl } from "../accounts";
import { env } from "../platform/env";
import { renderEmail } from "../platform/mail/email-layout";
import type { Email } from "../platform/mail/send-email";
import type { LimitKind } from "../quota";

/** The limit that an alert is about, as it is when the email is written. */
export interface AlertedLimit {
  kind: LimitKind;
  /** Tokens, or micro-dollars for a cap. */
  limit: number;
  used: number;
  /** The key's name, where the cap is a key's. */
  keyName: string | null;
  keyMaker: string | null;
  /** Whether requests go on past the quota, billed. */
  paysOverage: boolean;
}

/** What a passed threshold means and what can be done about it, in the words of the place where it is done. */
export function thresholdEmail(alert: AlertedLimit & { percent: number; resetsAt: Date }): Email {
  const { kind, percent } = alert;
  const { subject, paragraphs } = kind === "quota" ? quotaText(alert) : capText(alert);
  const page = kind === "key_cap" ? "/keys" : "/billing";
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs,
      action: {
        label: kind === "quota" ? "See plan and usage" : "Change the cap",
        url: new URL(page, env().APP_URL).href,
      },
      footer: `You get this mail once a month at ${percent} %, because you own or pay for an organization at AgathaAI or made the key.`,
      preferencesUrl: emailPreferencesUrl(),
    }),
  };
}

function quotaText({
  percent,
  limit,
  used,
  paysOverage,
  resetsAt,
}: AlertedLimit & { percent: number; resetsAt: Date }) {
  const state = `You have used ${formatCount(used)} of ${formatCount(limit)} tokens this month.`;
  if (paysOverage) {
    return {
      subject:
        percent >= 100 ? "Your monthly tokens are used up" : `You have used ${percent} % of your tokens`,
      paragraphs: [
        state,
        percent >= 100
          ? "Overage is on: further tokens are billed at the model’s price, up to your spend cap if you set one."
          : "Overage is on: past the quota tokens are billed at the model’s price.",
      ],
    };
  }
  return {
    subject:
      percent >= 100
        ? "Your tokens are used up: requests are refused"
        : `You have used ${percent} % of your tokens`,
    paragraphs: [
      state,
      percent >= 100
        ? `Requests that do not fit what is left are refused until ${formatDay(resetsAt)} (UTC). A larger plan raises the limit at once.`
        : `Requests stop at the limit. It resets on ${formatDay(resetsAt)} (UTC); a larger plan raises it at once.`,
    ],
  };
}

function capText({
  kind,
  percent,
  limit,
  used,
  keyName,
  resetsAt,
}: AlertedLimit & { percent: number; resetsAt: Date }) {
  const whose = kind === "key_cap" ? `The API key “${keyName}”` : "Your organization";
  const reached = percent >= 100;
  return {
    subject: reached
      ? `Spend cap reached: ${kind === "key_cap" ? "a key’s" : "your"} requests are refused`
      : `${percent} % of a spend cap is used`,
    paragraphs: [
      `${whose} has spent ${formatMoneyExactly(used)} of its monthly cap of ${formatMoneyExactly(limit)}.`,
      reached
        ? `Requests that do not fit what is left are refused until ${formatDay(resetsAt)} (UTC), or until the cap is raised.`
        : `At the cap requests are refused until ${formatDay(resetsAt)} (UTC).`,
    ],
  };
}
