import { agreementInForce } from "../../shared/legal/documents";
import { actorOf, recordAuditIn } from "../audit";
import { assertOwner, lockMembers } from "../members";
import { assertFeature, isInHipaaMode, orgSubject } from "../orgs";
import { AppError, type Clock, type Db, newId, systemClock, type UserPrincipal } from "../platform";
import { afterResponse } from "../platform/concurrency/after-response";
import { encryptText, type KeyedTx, transactWithKeys } from "../privacy";
import { forgetAnswers, forgetAnswersIn } from "../response-cache";
import { getHipaa, reasonField } from "./get-hipaa";
import type { HipaaView, UpdateHipaaInput } from "./schemas";

interface Decision {
  principal: UserPrincipal;
  id: string;
  now: Date;
}

/**
 * Turns HIPAA mode on under the agreement in force, or off for a reason; a trigger tells every process. On: nothing is kept from
 * then on, and a job erases what was kept before. Accepting a newer version while it is on is recorded as well. It stays when
 * the plan ends, so that nothing is kept because of a bill; off, what is kept is the owner's to choose anew.
 * @throws AppError `insufficient_role` for anybody but an owner, `plan_required`; `conflict` for another version of the agreement, or where it is off
 *   already.
 */
export async function updateHipaa(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateHipaaInput },
  clock: Clock = systemClock,
): Promise<HipaaView> {
  const { orgId } = principal;
  assertOwner(principal.role);
  const now = clock.now();
  const decision: Decision = { principal, id: newId(now), now };
  await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    assertOwner((await lockMembers(tx, principal)).role);
    if (input.enabled) await turnOn(tx, decision, input.agreement_version);
    else await turnOff(tx, decision, input.reason);
  });
  if (input.enabled) afterResponse("forget answers of HIPAA mode", () => forgetAnswers(db, orgId));
  return await getHipaa(db, { orgId }, clock);
}

async function turnOn(
  tx: KeyedTx,
  { principal, id, now }: Decision,
  version: string | undefined,
): Promise<void> {
  const { orgId, userId } = principal;
  await assertFeature(tx, orgId, "hipaa");
  if (version !== agreementInForce(now)) {
    throw new AppError("conflict", {
      public: "Another version of the agreement is in force. Read it, and accept that one.",
      param: "agreement_version",
    });
  }
  if (!(await isInHipaaMode(tx, orgId))) {
    await tx.organization.update({
      where: { id: orgId, deletedAt: null },
      data: {
        ...{ hipaaSince: now, hipaaErasedAt: null, updatedAt: now },
        ...{ storage: "forbidden", retentionDays: 0, archiveDays: 0 },
      },
    });
    await forgetAnswersIn(tx, { orgId, now });
  }
  await tx.hipaaDecision.create({
    data: { id, orgId, userId, turnedOn: true, agreementVersion: version, createdAt: now },
  });
  await recordAuditIn(tx, {
    orgId,
    actor: actorOf(principal),
    action: "org.hipaa_turned_on",
    target: { type: "organization", id: orgId },
    details: { agreement_version: version },
  });
}

async function turnOff(
  tx: KeyedTx,
  { principal, id, now }: Decision,
  reason: string | undefined,
): Promise<void> {
  const { orgId, userId } = principal;
  if (reason === undefined) {
    throw new AppError("invalid_request", { public: "Say why HIPAA mode is turned off.", param: "reason" });
  }
  if (!(await isInHipaaMode(tx, orgId))) {
    throw new AppError("conflict", { public: "HIPAA mode is off already.", param: "enabled" });
  }
  await tx.organization.update({
    where: { id: orgId, deletedAt: null },
    data: { hipaaSince: null, hipaaErasedAt: null, updatedAt: now },
  });
  const reasonCipher = await encryptText(tx, orgSubject(orgId), reasonField(id), reason);
  await tx.hipaaDecision.create({
    data: { id, orgId, userId, turnedOn: false, reasonCipher, createdAt: now },
  });
  await recordAuditIn(tx, {
    orgId,
    actor: actorOf(principal),
    action: "org.hipaa_turned_off",
    target: { type: "organization", id: orgId },
  });
}
