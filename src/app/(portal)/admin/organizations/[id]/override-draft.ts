import { isDate } from "@/components/format/date";
import type { Inputs, Outputs } from "../../../../client/trpc";

export type PlanId = Outputs["operators"]["organization"]["plan"];
type Input = Inputs["operators"]["overridePlan"];
type Inquiry = Outputs["operators"]["inquiry"];

/** The override form as it is typed. */
export interface OverrideDraft {
  plan: PlanId;
  tokens: string;
  requests: string;
  dollars: string;
  reason: string;
  /** The last day, in UTC; empty is until it is ended. */
  lastDay: string;
}

export const planIds = ["free", "pro", "plus", "enterprise"] as const satisfies readonly PlanId[];

/** Room for what was asked for, where the form named a bound. */
const roomFor: Record<Inquiry["expected_volume"], string> = {
  under_10m: "10,000,000",
  "10m_100m": "100,000,000",
  "100m_1b": "1,000,000,000",
  over_1b: "",
  unknown: "",
};

export function emptyDraft(inquiry: Inquiry | undefined): OverrideDraft {
  return {
    plan: "enterprise",
    tokens: inquiry === undefined ? "" : roomFor[inquiry.expected_volume],
    requests: "",
    dollars: "",
    reason: inquiry === undefined ? "" : `Agreed after inquiry ${inquiry.id}`,
    lastDay: "",
  };
}

export type DraftErrors = Partial<Record<keyof OverrideDraft, string>>;

/** What to send, or what is wrong with it. An empty number is the plan's own. */
export function readDraft(
  organizationId: string,
  draft: OverrideDraft,
): { input: Input; errors?: undefined } | { errors: DraftErrors } {
  const tokens = wholeNumber(draft.tokens);
  const requests = wholeNumber(draft.requests);
  const cents = centsOf(draft.dollars);
  const errors: DraftErrors = {
    ...(tokens === undefined && { tokens: "Write a whole number, such as 5,000,000." }),
    ...(requests === undefined && { requests: "Write a whole number, such as 2,000." }),
    ...(cents === undefined && { dollars: "Write an amount in dollars, such as 2,500 or 99.50." }),
    ...(draft.lastDay !== "" && !isDate(draft.lastDay) && { lastDay: "Choose a day." }),
  };
  if (tokens === undefined || requests === undefined || cents === undefined || Object.keys(errors).length > 0)
    return { errors };
  return {
    input: {
      organization_id: organizationId,
      plan: draft.plan,
      monthly_tokens: tokens,
      requests_per_minute: requests,
      monthly_price_cents: cents,
      reason: draft.reason.trim(),
      expires_at: draft.lastDay === "" ? null : dayAfter(draft.lastDay),
    },
  };
}

/** Null when empty, undefined when it is no whole number. */
function wholeNumber(text: string): number | null | undefined {
  const plain = text.replace(/[\s,_]/g, "");
  if (plain === "") return null;
  return /^\d{1,15}$/.test(plain) ? Number(plain) : undefined;
}

function centsOf(text: string): number | null | undefined {
  const plain = text.replace(/[\s,_$]/g, "");
  if (plain === "") return null;
  const parts = /^(?<dollars>\d{1,7})(\.(?<cents>\d{1,2}))?$/.exec(plain)?.groups;
  if (parts === undefined) return undefined;
  return Number(parts.dollars) * 100 + Number((parts.cents ?? "0").padEnd(2, "0"));
}

/** A last day is over when the next one begins. */
function dayAfter(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString();
}
