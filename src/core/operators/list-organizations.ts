import { emailIndexes, emailSchema } from "../accounts";
import { recordOperatorReads } from "../audit";
import { decryptOrgNames, planOf } from "../orgs";
import { AppError, DAY, type Db, fromPublicId, systemClock, toPublicId } from "../platform";
import type { Prisma } from "../platform/db/client";
import { type ListIdentity, type ListQuery, readPage } from "../platform/list";
import { readUsedTokens } from "../quota";
import { countRequests } from "../usage";
import type { FindOrganizationsInput, ListOrganizationsInput, OrganizationList } from "./schemas";

/** All organizations, newest first; each that is shown has a line in its log that an operator looked. @throws AppError `invalid_cursor`. */
export async function listOrganizations(
  db: Db,
  { operatorId, input: query }: { operatorId: string; input: ListOrganizationsInput },
): Promise<OrganizationList> {
  return await readOrganizations(db, {
    operatorId,
    identity: { list: "organizations", owner: "operators" },
    query,
  });
}

/**
 * Finds an organization by its id, or a person's organizations by email address.
 * @throws AppError `invalid_request` (param `search`) for text that is neither, `invalid_id`, `invalid_cursor`.
 */
export async function findOrganizations(
  db: Db,
  { operatorId, input: { search, ...query } }: { operatorId: string; input: FindOrganizationsInput },
): Promise<OrganizationList> {
  const identity = { list: "organizations", owner: "operators", filter: { search } };
  return await readOrganizations(db, { operatorId, identity, query, found: whereFound(search) });
}

async function readOrganizations(
  db: Db,
  {
    operatorId,
    identity,
    query,
    found = {},
  }: { operatorId: string; identity: ListIdentity; query: ListQuery; found?: Prisma.OrganizationWhereInput },
): Promise<OrganizationList> {
  const now = systemClock.now();
  const { rows: page, next_cursor } = await readPage(identity, query, ({ where, order, take }) =>
    db.organization.findMany({
      where: { AND: [found, where], deletedAt: null },
      orderBy: { id: order },
      take,
      select: {
        id: true,
        nameCipher: true,
        personal: true,
        createdAt: true,
        subscription: { select: { plan: true, status: true } },
        planOverrides: { where: { endedAt: null }, select: { id: true } },
        _count: { select: { memberships: true } },
      },
    }),
  );
  const orgIds = page.map(({ id }) => id);
  const [names, tokens, requests] = await Promise.all([
    decryptOrgNames(db, page),
    readUsedTokens(db, { orgIds, at: now }),
    countRequests(db, { orgIds, since: new Date(now.getTime() - 30 * DAY) }),
  ]);
  await recordOperatorReads(
    { operatorId, action: "operator.organization_listed" },
    orgIds.map((orgId) => ({ orgId, target: { type: "organization", id: orgId } })),
  );
  return {
    data: page.map(({ id, personal, createdAt, subscription, planOverrides, _count }, at) => ({
      id: toPublicId("org", id),
      name: names[at] ?? "",
      personal,
      plan: planOf(subscription),
      status: subscription?.status ?? "active",
      agreed: planOverrides.length > 0,
      members: _count.memberships,
      tokens_this_month: tokens.get(id) ?? 0,
      requests_30_days: requests.get(id) ?? 0,
      created_at: createdAt.toISOString(),
    })),
    next_cursor,
  };
}

/** An email address is found by its blind index. Parts of one, and names, are encrypted and cannot be searched. */
function whereFound(search: string): Prisma.OrganizationWhereInput {
  if (search.startsWith("org_")) return { id: fromPublicId("org", search, "search") };
  const email = emailSchema.safeParse(search);
  if (email.success)
    return { memberships: { some: { user: { emailIndex: { in: emailIndexes(email.data) } } } } };
  throw new AppError("invalid_request", {
    public: "Search by an organization’s ID (org_…) or a member’s full email.",
    param: "search",
  });
}
