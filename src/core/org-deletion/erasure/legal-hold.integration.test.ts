import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { flushAudit } from "../../audit";
import { archiveRequests, expireArchives, purgeDeletedRequests, rewriteArchives } from "../../inference";
import { listHolds, listHoldsInputSchema, placeHold, releaseHold } from "../../legal-holds";
import { DAY, newId, timeOfId, toPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { maintainPartitions } from "../../platform/db/partitions";
import { evidenceStorage, storage } from "../../platform/storage";
import { encryptText } from "../../privacy";
import { completeErasures, eraseAccount, eraseDeletedOrganizations, getErasure } from "..";

await useTestStack();
const operatorId = newId();
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
  await closeDb();
});

const reason = "Case 17 of the court";
const someone = async () => {
  const user = await makeUser({ verified: true });
  await drainAfterResponse();
  return { ...user, principal: await principalOf(user.claims) };
};
const hold = (subject: string) => placeHold(db(), { operatorId, input: { subject, reason } });
const release = (subject: string) => releaseHold(db(), { operatorId, input: { subject, reason } });
const holds = async () => (await listHolds(db(), listHoldsInputSchema.parse({}))).data;
const keyOf = async (type: "user" | "org", id: string) =>
  (await db().dataKey.findFirst({ where: { subjectType: type, subjectId: id } }))?.destroyedAt;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

async function insertRequest(orgId: string, days: number, deletedAt: Date | null = null): Promise<string> {
  const id = newId(daysAgo(days));
  await maintainPartitions(db(), [{ table: "inference_requests", period: "month", ahead: 0 }], {
    now: () => daysAgo(days),
  });
  const field = { table: "inference_requests", column: "input_cipher", rowId: id };
  await db().inferenceRequest.create({
    data: {
      ...{ id, createdAt: timeOfId(id), orgId, environment: "live", queueName: "standard", model: "gpt-4o" },
      ...{ provider: "openai", upstreamModel: "gpt-4o", traceId: "t", maxOutputTokens: 1, deletedAt },
      ...{ status: "completed", nextAttemptAt: daysAgo(days), completedAt: daysAgo(days) },
      inputCipher: await encryptText(db(), { type: "org", id: orgId }, field, "{}"),
    },
  });
  return id;
}

describe("a legal hold", () => {
  it("makes an erasure wait, says so to who asked and to operators, and lets it happen at its end", async () => {
    const { principal, email, userId, orgId } = await someone();
    const subject = toPublicId("usr", userId);
    await hold(subject);
    const asked = await eraseAccount(db(), { principal, input: { email } });
    expect(asked).toMatchObject({ status: "on_hold", erased_at: null });
    expect(await completeErasures(db())).toBe(0);
    expect([await keyOf("user", userId), await keyOf("org", orgId)]).toEqual([null, null]);
    // Nobody can sign in meanwhile.
    expect((await db().user.findUnique({ where: { id: userId } }))?.deletedAt).not.toBeNull();
    expect((await holds()).filter(({ erasure_waits_since }) => erasure_waits_since !== null)).toHaveLength(2);

    await release(subject);
    expect(await completeErasures(db())).toBe(2);
    expect(await getErasure(db(), asked)).toMatchObject({ status: "complete" });
    expect(await keyOf("user", userId)).toBeInstanceOf(Date);
    expect(await keyOf("org", orgId)).toBeInstanceOf(Date);
  });

  it("keeps an organization that was deleted thirty days ago", async () => {
    const { orgId } = await someone();
    await db().organization.update({ where: { id: orgId }, data: { deletedAt: daysAgo(31) } });
    await hold(toPublicId("org", orgId));
    await eraseDeletedOrganizations(db());
    expect(await keyOf("org", orgId)).toBeNull();
    await release(toPublicId("org", orgId));
    await eraseDeletedOrganizations(db());
    expect(await keyOf("org", orgId)).toBeInstanceOf(Date);
  });

  it("keeps requests beyond their retention, in the archive, those deleted by the customer too", async () => {
    const { orgId } = await someone();
    await db().organization.update({ where: { id: orgId }, data: { retentionDays: 7, archiveDays: 0 } });
    const late = { now: () => new Date(Date.now() + 800 * DAY) };
    const subject = toPublicId("org", orgId);
    await hold(subject);
    const [kept, deleted] = [await insertRequest(orgId, 40), await insertRequest(orgId, 39, daysAgo(35))];
    await purgeDeletedRequests(db(), { now: new Date() });
    expect(await db().inferenceRequest.count({ where: { orgId, inputCipher: { not: null } } })).toBe(2);
    expect(await archiveRequests(db())).toMatchObject({ archived: 2, emptied: 0 });
    await rewriteArchives(db());
    await expireArchives(db(), { clock: late });
    const [archive] = await db().requestArchive.findMany({ where: { orgId } });
    expect(archive).toMatchObject({ firstId: kept, lastId: deleted, deletedIds: [deleted], requests: 2 });

    await release(subject);
    await purgeDeletedRequests(db(), { now: new Date() });
    expect(await rewriteArchives(db())).toBe(1);
    expect(await db().requestArchive.findMany({ where: { orgId } })).toMatchObject([{ requests: 1 }]);
    await expireArchives(db());
    expect(await db().requestArchive.count({ where: { orgId } })).toBe(0);
    expect(await archiveRequests(db())).toMatchObject({ archived: 0, emptied: 1 });
  });

  it("is one at a time, of what exists and is not erased, and in the product's log alone", async () => {
    const { userId, orgId } = await someone();
    const subject = toPublicId("org", orgId);
    await expect(hold(toPublicId("org", newId()))).rejects.toMatchObject({ code: "not_found" });
    await expect(hold("key_01jd0q4g5te8tvhz3t1c7x9ncm")).rejects.toMatchObject({ code: "invalid_id" });
    await expect(release(subject)).rejects.toMatchObject({ code: "conflict" });
    await hold(subject);
    await expect(hold(subject)).rejects.toMatchObject({ code: "conflict" });
    expect(await holds()).toContainEqual(
      expect.objectContaining({ subject, reason, placed_by: toPublicId("usr", operatorId) }),
    );
    const entries = await db().auditLog.findMany({
      where: { targetId: orgId, action: "operator.hold_placed" },
    });
    expect(entries).toMatchObject([{ orgId: null, actorId: operatorId, details: { reason } }]);
    await release(subject);

    await db().dataKey.updateMany({
      where: { subjectType: "user", subjectId: userId },
      data: { wrappedKey: null, destroyedAt: new Date() },
    });
    await expect(hold(toPublicId("usr", userId))).rejects.toMatchObject({ code: "conflict" });
  });

  it("is not placed on what is being erased: one waits for the other", async () => {
    const { userId } = await someone();
    await db().erasure.create({
      data: {
        ...{ id: newId(), subjectType: "user", subjectId: userId, receiptHash: new Uint8Array(32) },
        ...{ requestedAt: new Date(), dueAt: new Date() },
      },
    });
    let placed: Promise<unknown> | undefined;
    const slow = {
      async put(key: string) {
        if (key.includes(userId)) placed = hold(toPublicId("usr", userId)).catch((error: unknown) => error);
      },
      locksObjects: () => Promise.resolve(false),
    };
    await completeErasures(db(), { storage: slow });
    expect(await placed).toMatchObject({ code: "conflict" });
    expect(await keyOf("user", userId)).toBeInstanceOf(Date);
  });
});
