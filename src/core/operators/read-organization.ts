import { plans } from "../../shared/plans";
import { decryptPeople } from "../accounts";
import { writeAudit } from "../audit";
import { isBillingSetUp } from "../billing";
import { decryptOrgNames, planOf } from "../orgs";
import { AppError, DAY, type Db, startOfMonth, systemClock, toPublicId } from "../platform";
import { env } from "../platform/env";
import { getTokenQuota } from "../quota";
import { countRequests } from "../usage";
import type { OrganizationDetail, OverrideView } from "./schemas";

const PAST_OVERRIDES = 10;

/** An organization as its customer's contract sees it, and a line in its log that an operator looked. */
export async function getOrganization(
  db: Db,
  { orgId, operatorId }: { orgId: string; operatorId: string },
): Promise<OrganizationDetail> {
  const detail = await readOrganization(db, orgId);
  await writeAudit({
    orgId,
    actor: { type: "operator", id: operatorId },
    action: "operator.organization_read",
    target: { type: "organization", id: orgId },
  });
  return detail;
}

/**
 * Plan, limits and sums; no content and no email address.
 * @throws AppError `not_found`.
 */
async function readOrganization(db: Db, orgId: string): Promise<OrganizationDetail> {
  const now = systemClock.now();
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: {
      id: true,
      nameCipher: true,
      personal: true,
      createdAt: true,
      suspendedAt: true,
      suspensionReason: true,
      hipaaSince: true,
      hipaaErasedAt: true,
      hipaaDecisions: { where: { turnedOn: true }, orderBy: { id: "desc" }, take: 1 },
      subscription: true,
      planOverrides: { orderBy: { createdAt: "desc" }, take: PAST_OVERRIDES + 1 },
    },
  });
  if (org === null) {
    throw new AppError("not_found", { public: "Organization not found.", param: "id" });
  }
  const { subscription, planOverrides } = org;
  const plan = planOf(subscription);
  const usable = {
    OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    revokedAt: null,
    successorId: null,
    suspendedAt: null,
  };
  const [[name = ""], quota, counter, requests, roles, keys, usableKeys, people] = await Promise.all([
    decryptOrgNames(db, [org]),
    getTokenQuota(db, { orgId, plan, at: now }),
    db.quotaCounter.findUnique({
      where: { orgId_startsAt: { orgId, startsAt: startOfMonth(now) } },
      select: { spentMicros: true },
    }),
    countRequests(db, { orgIds: [orgId], since: new Date(now.getTime() - 30 * DAY) }),
    db.membership.groupBy({ by: ["role"], where: { orgId }, _count: true, orderBy: { role: "asc" } }),
    db.apiKey.count({ where: { orgId } }),
    db.apiKey.count({ where: { orgId, ...usable } }),
    decryptPeople(
      db,
      planOverrides.map(({ createdBy }) => createdBy),
    ),
  ]);
  const overrides = planOverrides.map((override) => toOverrideView(override, people.get(override.createdBy)));
  return {
    id: toPublicId("org", org.id),
    name,
    personal: org.personal,
    created_at: org.createdAt.toISOString(),
    suspension:
      org.suspendedAt === null || org.suspensionReason === null
        ? null
        : { reason: org.suspensionReason, since: org.suspendedAt.toISOString() },
    hipaa:
      org.hipaaSince === null
        ? null
        : {
            since: org.hipaaSince.toISOString(),
            agreement_version: org.hipaaDecisions[0]?.agreementVersion ?? null,
            kept_before: org.hipaaErasedAt === null ? "erasing" : "erased",
          },
    plan,
    limits: {
      monthly_tokens: quota.limit,
      requests_per_minute: subscription?.customRpm ?? plans[plan].requestsPerMinute,
    },
    subscription: {
      status: subscription?.status ?? "active",
      subscribed: Boolean(subscription?.stripeSubscriptionId),
      period_end: subscription?.currentPeriodEnd?.toISOString() ?? null,
      cancel_at_period_end: subscription?.cancelAtPeriodEnd ?? false,
      pending_plan: subscription?.pendingPlan ? planOf({ plan: subscription.pendingPlan }) : null,
      grace_ends_at: subscription?.graceEndsAt?.toISOString() ?? null,
      customer_id: subscription?.stripeCustomerId ?? null,
      customer_url: dashboardOf(subscription?.stripeCustomerId),
    },
    override: overrides.find(({ ended_at }) => ended_at === null) ?? null,
    past_overrides: overrides.filter(({ ended_at }) => ended_at !== null).slice(0, PAST_OVERRIDES),
    usage: {
      used: quota.used,
      reserved: quota.reserved,
      resets_at: quota.resetsAt.toISOString(),
      spent_micros: Number(counter?.spentMicros ?? 0n),
      monthly_cap_micros:
        subscription?.monthlyCapMicros == null ? null : Number(subscription.monthlyCapMicros),
      overage: subscription?.overage ?? false,
      requests_30_days: requests.get(orgId) ?? 0,
    },
    keys: { usable: usableKeys, total: keys },
    members: roles.map(({ role, _count: count }) => ({ role, count })),
  };
}

interface StoredOverride {
  id: string;
  plan: string;
  monthlyTokens: bigint | null;
  requestsPerMinute: number | null;
  priceCents: number | null;
  stripeSubscriptionId: string | null;
  reason: string;
  createdAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
}

export function toOverrideView(override: StoredOverride, by: { name: string } | undefined): OverrideView {
  const billed = override.priceCents !== null && isBillingSetUp();
  return {
    id: toPublicId("ovr", override.id),
    plan: planOf(override),
    monthly_tokens: override.monthlyTokens === null ? null : Number(override.monthlyTokens),
    requests_per_minute: override.requestsPerMinute,
    monthly_price_cents: override.priceCents,
    billing: !billed ? "none" : override.stripeSubscriptionId === null ? "waiting" : "billed",
    reason: override.reason,
    by: by?.name ?? null,
    created_at: override.createdAt.toISOString(),
    expires_at: override.expiresAt?.toISOString() ?? null,
    ended_at: override.endedAt?.toISOString() ?? null,
  };
}

/** A stand-in has no dashboard to link to. */
export function dashboardOf(customerId: string | null | undefined): string | null {
  const { STRIPE_API_BASE: other, STRIPE_SECRET_KEY: key = "" } = env();
  if (!customerId || other !== undefined) return null;
  const mode = key.includes("_test_") ? "test/" : "";
  return `https://dashboard.stripe.com/${mode}customers/${encodeURIComponent(customerId)}`;
}
