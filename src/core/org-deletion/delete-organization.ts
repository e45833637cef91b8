import { emailOwners, forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import { endSubscriptions, reportOverage, stripe, stripeIfSetUp } from "../billing";
import { assertOwner, lockMembers, preparePersonalOrgs } from "../members";
import { assertOrgNameTyped, orgSubject } from "../orgs";
import {
  AppError,
  type Clock,
  type Db,
  SECOND,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../platform";
import { afterResponse } from "../platform/concurrency/after-response";
import { leaveManagersWall } from "../platform/db/manage-organization";
import { log } from "../platform/observability/log";
import { evidenceStorage } from "../platform/storage";
import { type KeyedTx, transactWithKeys } from "../privacy";
import { organizationDeletedEmail } from "./deleted-email";
import { endOrganization } from "./end-organization";
import { ERASED_AFTER_MS } from "./erase-organization";
import { carryOutErasure } from "./erasure/carry-out";
import { insertErasure } from "./erasure/erasure-rows";
import type { DeletedOrganizationView, DeleteOrganizationInput } from "./schemas";

const TRANSACTION = { maxWait: 5 * SECOND, timeout: 30 * SECOND };

/**
 * Deletes an organization: ends its subscription at Stripe, its keys (and its own at providers), invitations and all access, everywhere within five
 * seconds. Running requests finish; new ones are refused. Members' sessions move to another organization of theirs. Its
 * content stays encrypted for thirty days and is then made unreadable (`eraseDeletedOrganizations`), or is so at once where asked.
 *
 * Stripe comes first: when it does not respond, nothing has changed here and the call can be retried. Ending an ended
 * subscription does nothing.
 * @throws AppError `insufficient_role`, `conflict` for a personal organization, `invalid_request` when the name typed is
 *   not the organization's, `billing_unavailable`.
 */
export async function deleteOrganization(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: DeleteOrganizationInput },
  clock: Clock = systemClock,
): Promise<DeletedOrganizationView> {
  const { orgId, userId } = principal;
  const now = clock.now();
  const erasedAt = new Date(now.getTime() + ERASED_AFTER_MS);
  const check = async (tx: KeyedTx) => {
    assertOwner((await lockMembers(tx, principal)).role);
    await leaveManagersWall(tx, "sessions of all members move to other organizations of theirs");
    await assertNotPersonal(tx, orgId);
    return assertOrgNameTyped(tx, { orgId, typed: input.organization_name });
  };
  // Checked now, and again in the transaction that deletes.
  assertOwner(principal.role);
  await transactWithKeys(db, [orgSubject(orgId)], check, TRANSACTION);
  const personalOrgs = await preparePersonalOrgs(db, { orgId }, clock);
  await reportRemainingOverage(db, orgId, clock);
  const subscriptions = await endSubscriptions(db, stripe, { orgId });
  const deleteIn = async (tx: KeyedTx) => {
    const typed = await check(tx);
    const ended = await endOrganization(tx, { orgId, userId, personalOrgs, now });
    const dueAt = input.erase_now ? now : erasedAt;
    const receipt = await insertErasure(tx, { subject: { type: "org", id: orgId }, dueAt }, clock);
    await recordAuditIn(tx, ...ended.entries, {
      orgId,
      actor: { type: "user", id: userId },
      action: "org.deleted",
      target: { type: "organization", id: orgId },
      details: {
        members: ended.members.length,
        keys_revoked: ended.keysRevoked,
        provider_keys_deleted: ended.providerKeys,
        subscriptions_ended: subscriptions,
        erased_at: dueAt.toISOString(),
      },
    });
    return { name: typed, receipt, ...ended };
  };
  const { name, receipt, members, forgetKeys } = await transactWithKeys(
    db,
    [orgSubject(orgId)],
    deleteIn,
    TRANSACTION,
  );
  forgetKeys();
  for (const member of members) forgetPrincipals(member.userId);
  if (input.erase_now) {
    // Where it fails, the job carries on: it is due.
    await carryOutErasure(
      db,
      { subject: { type: "org", id: orgId }, storage: evidenceStorage() },
      clock,
    ).catch((error: unknown) => {
      log().error({ err: error }, "an organization could not be erased yet");
    });
  }
  afterResponse("organization deleted notice", () =>
    emailOwners(
      db,
      { orgId },
      organizationDeletedEmail({ organization: name, erasedAt, now: input.erase_now, receipt }),
    ),
  );
  return {
    id: toPublicId("org", orgId),
    object: "organization",
    deleted: true,
    erased_at: (input.erase_now ? now : erasedAt).toISOString(),
    receipt,
  };
}

/** Overage must be reported before Stripe writes the last invoice. */
export async function reportRemainingOverage(db: Db, orgId: string, clock: Clock): Promise<void> {
  const stripe = stripeIfSetUp();
  if (stripe !== undefined) await reportOverage(db, stripe, { orgId, clock });
}

/** Every user keeps their personal organization. */
async function assertNotPersonal(tx: Tx, orgId: string): Promise<void> {
  const { personal } = await tx.organization.findUniqueOrThrow({
    where: { id: orgId },
    select: { personal: true },
  });
  if (!personal) return;
  throw new AppError("conflict", {
    public: "A personal organization cannot be deleted. It stays as long as its owner’s account.",
  });
}
