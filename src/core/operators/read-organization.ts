import { plans } from "../../shared/plans";
import { decryptPeople } from "../accounts";
import { writeAudit } from "../audit";
import { decryptOrgNames, planOf } from "../orgs";
import { AppError, DAY, type Db, startOfMonth, systemClock, toPublicId } from "../platform";
import type { Prisma } from "../platform/db/client";
import { env } from "../platform/env";
import { getTokenQuota } from "../quota";
import { countRequests } from "../usage";
import { toOverrideView } from "./override-view";
import type { OrganizationDetail } from "./schemas";

const PAST_OVERRIDES = 10;

const columns = {
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
} satisfies Prisma.OrganizationSelect;
type Row = Prisma.OrganizationGetPayload<{ select: typeof columns }>;

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
  const org = await db.organization.findUnique({ where: { id: orgId, deletedAt: null }, select: columns });
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
    suspension: suspensionOf(org),
    hipaa: hipaaOf(org),
    plan,
    limits: {
      monthly_tokens: quota.limit,
      requests_per_minute: subscription?.customRpm ?? plans[plan].requestsPerMinute,
    },
    subscription: subscriptionOf(subscription),
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

function suspensionOf({ suspendedAt, suspensionReason }: Row): OrganizationDetail["suspension"] {
  if (suspendedAt === null || suspensionReason === null) return null;
  return { reason: suspensionReason, since: suspendedAt.toISOString() };
}

function hipaaOf({ hipaaSince, hipaaErasedAt, hipaaDecisions }: Row): OrganizationDetail["hipaa"] {
  if (hipaaSince === null) return null;
  return {
    since: hipaaSince.toISOString(),
    agreement_version: hipaaDecisions[0]?.agreementVersion ?? null,
    kept_before: hipaaErasedAt === null ? "erasing" : "erased",
  };
}

function subscriptionOf(subscription: Row["subscription"]): OrganizationDetail["subscription"] {
  return {
    status: subscription?.status ?? "active",
    subscribed: Boolean(subscription?.stripeSubscriptionId),
    period_end: subscription?.currentPeriodEnd?.toISOString() ?? null,
    cancel_at_period_end: subscription?.cancelAtPeriodEnd ?? false,
    pending_plan: subscription?.pendingPlan ? planOf({ plan: subscription.pendingPlan }) : null,
    grace_ends_at: subscription?.graceEndsAt?.toISOString() ?? null,
    customer_id: subscription?.stripeCustomerId ?? null,
    customer_url: dashboardOf(subscription?.stripeCustomerId),
  };
}

/** A stand-in has no dashboard to link to. */
function dashboardOf(customerId: string | null | undefined): string | null {
  const { STRIPE_API_BASE: other, STRIPE_SECRET_KEY: key = "" } = env();
  if (!customerId || other !== undefined) return null;
  const mode = key.includes("_test_") ? "test/" : "";
  return `https://dashboard.stripe.com/${mode}customers/${encodeURIComponent(customerId)}`;
}
