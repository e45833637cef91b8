import * as z from "zod/mini";
import { OVERRIDE_PRICE_CENTS, OVERRIDE_TOKENS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { MICROS_PER_CENT } from "@/shared/money";
import { planIds } from "@/shared/plans";
import { readCount } from "@/shared/typed/count";
import { readLastDay } from "@/shared/typed/day";
import { readDollars } from "@/shared/typed/dollars";
import type { Reading } from "@/shared/typed/reading";
import { problemsCheck } from "../../../../../_client/form-schemas";
import type { Inputs, Outputs } from "../../../../../_client/trpc";

export type PlanId = Outputs["operators"]["organization"]["plan"];
type Input = Inputs["operators"]["overridePlan"];
type Inquiry = Outputs["operators"]["inquiry"];

/** The override form's state. */
export interface OverrideDraft {
  plan: PlanId;
  tokens: string;
  requests: string;
  dollars: string;
  reason: string;
  /** The last day, UTC; empty until somebody ends it. */
  lastDay: string;
}

/** A token limit that fits the expected volume, if the inquiry named one. */
const tokensFor: Record<Inquiry["expected_volume"], string> = {
  under_10m: "10,000,000",
  "10m_100m": "100,000,000",
  "100m_1b": "1,000,000,000",
  over_1b: "",
  unknown: "",
};

export function emptyDraft(inquiry: Inquiry | undefined): OverrideDraft {
  return {
    plan: "enterprise",
    tokens: inquiry === undefined ? "" : tokensFor[inquiry.expected_volume],
    requests: "",
    dollars: "",
    reason: inquiry === undefined ? "" : `Agreed after inquiry ${inquiry.id}`,
    lastDay: "",
  };
}

/** The form's names of the fields that the API calls otherwise. */
export const overrideApiNames = {
  monthly_tokens: "tokens",
  requests_per_minute: "requests",
  monthly_price_cents: "dollars",
  expires_at: "lastDay",
} as const;

export const overrideSchema = z
  .object({
    plan: z.enum(planIds),
    tokens: z.string(),
    requests: z.string(),
    dollars: z.string(),
    reason: z.string().check(z.trim(), z.minLength(3, "Enter a reason, at least 3 characters.")),
    lastDay: z.string(),
  })
  .check(problemsCheck((draft) => readDraft("", draft, new Date()).errors ?? {}));

type DraftErrors = Partial<Record<keyof OverrideDraft, string>>;

export const AGREED_PRICE_MICROS = {
  least: OVERRIDE_PRICE_CENTS.least * MICROS_PER_CENT,
  most: OVERRIDE_PRICE_CENTS.most * MICROS_PER_CENT,
};

/** The API input, or the form's errors. Empty fields keep the plan's own limits. */
export function readDraft(
  organizationId: string,
  draft: OverrideDraft,
  now: Date,
): { input: Input; errors?: undefined } | { input?: undefined; errors: DraftErrors } {
  const errors: DraftErrors = {};
  const read = <Value>(
    field: keyof DraftErrors,
    reading: (typed: string) => Reading<Value>,
  ): Value | null => {
    if (draft[field].trim() === "") return null;
    const { value, problem } = reading(draft[field]);
    if (problem !== undefined) errors[field] = problem;
    return value ?? null;
  };
  const price = read("dollars", (typed) => readDollars(typed, AGREED_PRICE_MICROS));
  const end = read("lastDay", (typed) => readLastDay(typed, "UTC", now));
  const input: Input = {
    organization_id: organizationId,
    plan: draft.plan,
    monthly_tokens: read("tokens", (typed) => readCount(typed, OVERRIDE_TOKENS)),
    requests_per_minute: read("requests", (typed) => readCount(typed, REQUESTS_PER_MINUTE)),
    monthly_price_cents: price === null ? null : price / MICROS_PER_CENT,
    reason: draft.reason.trim(),
    expires_at: end === null ? null : end.toISOString(),
  };
  return Object.keys(errors).length > 0 ? { errors } : { input };
}
