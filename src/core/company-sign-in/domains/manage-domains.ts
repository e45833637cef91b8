import { recordAuditIn } from "../../audit";
import { endGrantsIn } from "../../oauth";
import {
  AppError,
  type Clock,
  type Db,
  newId,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../../platform";
import { Prisma } from "../../platform/db/client";
import { type ListQuery, readPage } from "../../platform/list";
import { changeCompany } from "../change-company";
import { auditOfDomain, type DomainRow, domainColumns, readDomain, viewDomain } from "./domain-rows";
import {
  type AddDomainInput,
  type DeletedDomainView,
  type DomainListView,
  type DomainView,
  MAX_DOMAINS,
} from "./schemas";
import { findRecord, newDomainProof, recordName } from "./txt-record";

/** The organization's domains, newest first. @throws AppError `invalid_cursor`. */
export async function listDomains(
  db: Db,
  { orgId, input }: { orgId: string; input: ListQuery },
): Promise<DomainListView> {
  const { rows, next_cursor } = await readPage(
    { list: "domains", owner: orgId },
    input,
    ({ where, order, take }) =>
      db.organizationDomain.findMany({
        where: { orgId, ...where },
        orderBy: { id: order },
        take,
        select: domainColumns,
      }),
  );
  return { data: rows.map(viewDomain), next_cursor };
}

/**
 * Adds a domain and returns the record to publish. It proves nothing yet, so it is not refused where another organization
 * has the domain: that would tell who our customers are.
 * @throws AppError `insufficient_role`, `plan_required`; `conflict` where it is added already, or at twenty.
 */
export async function addDomain(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: AddDomainInput },
  clock: Clock = systemClock,
): Promise<DomainView> {
  const { orgId, userId } = principal;
  const now = clock.now();
  return await changeCompany(db, { principal }, async (tx) => {
    const existing = await tx.organizationDomain.findMany({ where: { orgId }, select: { domain: true } });
    if (existing.some(({ domain }) => domain === input.domain)) {
      throw new AppError("conflict", { public: "This domain is added already.", param: "domain" });
    }
    if (existing.length >= MAX_DOMAINS) {
      throw new AppError("conflict", {
        public: `Your organization has ${MAX_DOMAINS} domains, the most it can have. Remove one first.`,
      });
    }
    const row = await tx.organizationDomain.create({
      data: {
        id: newId(now),
        orgId,
        domain: input.domain,
        proof: newDomainProof(),
        createdBy: userId,
        createdAt: now,
      },
      select: domainColumns,
    });
    await recordAuditIn(tx, auditOfDomain(row, "domain.added", userId));
    return viewDomain(row);
  });
}

/**
 * Looks for the record. With it the domain is verified, for one organization at a time; a domain that somebody else has
 * verified is theirs until their record has been gone for the grace period, or they remove it.
 * @throws AppError `insufficient_role`, `plan_required`, `not_found`; `conflict` where another organization has it verified;
 * `service_unavailable` where name servers do not answer.
 */
export async function checkDomain(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
  clock: Clock = systemClock,
): Promise<DomainView> {
  const { orgId, userId } = principal;
  // The name servers are asked before the transaction: nothing is held while they answer.
  const before = await readDomain(db, { orgId, id });
  const state = await findRecord(before);
  if (state === "unknown") {
    throw new AppError("service_unavailable", {
      public: "The domain’s name servers did not answer. Try again in a minute.",
      internal: "no answer from the name servers of a customer's domain",
      retryAfterSeconds: 60,
    });
  }
  return await changeCompany(db, { principal }, async (tx) => {
    const { proof } = await readDomain(tx, { orgId, id });
    const present = state === "present" && proof === before.proof;
    const row = await recordCheck(tx, { id, present }, clock);
    if (before.verifiedAt === null && row.verifiedAt !== null) {
      await endEarlierGrants(tx, orgId);
      await recordAuditIn(tx, auditOfDomain(row, "domain.verified", userId));
    }
    return viewDomain(row);
  }).catch((error: unknown) => {
    throw isTaken(error) ? taken(before.domain) : error;
  });
}

/** Its people granted apps before they had to come through the company; what is granted from now on came through it. */
async function endEarlierGrants(tx: Tx, orgId: string): Promise<void> {
  const enforced = await tx.companyConnection.count({ where: { orgId, enforced: true } });
  if (enforced > 0) await endGrantsIn(tx, orgId);
}

/** Never takes a verified domain away: that is left to the job, which gives time. */
async function recordCheck(
  tx: Tx,
  { id, present }: { id: string; present: boolean },
  clock: Clock,
): Promise<DomainRow> {
  const now = clock.now();
  const { verifiedAt, missingSince } = await tx.organizationDomain.findUniqueOrThrow({
    where: { id },
    select: { verifiedAt: true, missingSince: true },
  });
  const found = { verifiedAt: verifiedAt ?? now, missingSince: null, lostAt: null, notifiedAt: null };
  const absent = verifiedAt === null ? {} : { missingSince: missingSince ?? now };
  return await tx.organizationDomain.update({
    where: { id },
    data: { checkedAt: now, ...(present ? found : absent) },
    select: domainColumns,
  });
}

/** Its addresses no longer lead to the company's sign-in. @throws AppError `insufficient_role`, `not_found`. */
export async function removeDomain(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
): Promise<DeletedDomainView> {
  const { orgId, userId } = principal;
  return await changeCompany(db, { principal, withoutPlan: true }, async (tx) => {
    const row = await readDomain(tx, { orgId, id });
    await tx.organizationDomain.delete({ where: { id, orgId } });
    await recordAuditIn(tx, auditOfDomain(row, "domain.removed", userId));
    return { id: toPublicId("dom", id), object: "domain", deleted: true };
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Told only to who has just shown that the domain's DNS is theirs. */
function taken(domain: string): AppError {
  return new AppError("conflict", {
    public: `Another organization has verified ${domain}. Remove its record at ${recordName(domain)} and the domain there, or contact us.`,
  });
}
