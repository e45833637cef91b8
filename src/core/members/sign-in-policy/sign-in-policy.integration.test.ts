import { afterAll, expect, it } from "vitest";
import { softPasskey } from "../../../../infra/testing/authenticators/soft-passkey";
import { makeUser, principalOf, type TestUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { addPasskey, forgetPrincipals, removePasskey, startAddingPasskey } from "../../accounts";
import { fromPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { getSignInPolicy, updateSignInPolicy } from "..";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

async function enroll({ claims }: TestUser): Promise<string> {
  const session = { ...claims, emailVerified: true };
  const { options } = await startAddingPasskey(db(), session);
  const credential = softPasskey().create(options);
  const { passkey } = await addPasskey(db(), { ...session, name: "Laptop", credential, ip: null });
  return fromPublicId("psk", passkey.id);
}

/** An owner, and a member who works in the owner's organization. */
async function organization() {
  const [owner, member] = [await makeUser({ verified: true }), await makeUser({ verified: true })];
  const { orgId } = owner;
  await db().membership.create({
    data: { orgId, userId: member.userId, role: "developer", createdAt: new Date() },
  });
  const missing = async () => (await principalOf({ ...member.claims, orgId })).factorMissing ?? false;
  const set = (second_factor: "required" | "optional") =>
    updateSignInPolicy(db(), { ...owner.claims, second_factor });
  return { owner, member, orgId, missing, set };
}

it("only somebody with a second factor can require one of everyone", async () => {
  const { owner, orgId, set } = await organization();
  await expect(set("required")).rejects.toMatchObject({ code: "second_factor_enrollment_required" });
  expect(await getSignInPolicy(db(), { orgId })).toEqual({
    second_factor: "optional",
    members_without_factor: 2,
  });
  await enroll(owner);
  expect(await set("required")).toEqual({ second_factor: "required", members_without_factor: 1 });
  expect(await set("required")).toEqual({ second_factor: "required", members_without_factor: 1 });
  const entries = await db().auditLog.findMany({ where: { orgId, action: "org.updated" } });
  expect(entries).toHaveLength(1);
});

it("a member lacks the factor from when it is required until they have one, and again when they remove it", async () => {
  const { owner, member, orgId, missing, set } = await organization();
  expect(await missing()).toBe(false);
  await enroll(owner);
  await set("required");
  expect(await missing()).toBe(true);
  // In their own organization nothing is required.
  expect((await principalOf(member.claims)).factorMissing).toBeUndefined();
  const id = await enroll(member);
  expect(await missing()).toBe(false);
  expect((await principalOf({ ...member.claims, orgId })).secondFactor).toBe(true);
  await removePasskey(db(), { ...member.claims, id, ip: null });
  expect(await missing()).toBe(true);
  await set("optional");
  expect(await missing()).toBe(false);
});

it("an authenticator app that was never confirmed is no second factor", async () => {
  const { owner, member, missing, set } = await organization();
  await enroll(owner);
  await set("required");
  const row = { userId: member.userId, secretCipher: new Uint8Array(1), createdAt: new Date() };
  await db().authenticator.create({ data: row });
  forgetPrincipals(member.userId);
  expect(await missing()).toBe(true);
  await db().authenticator.update({
    where: { userId: member.userId },
    data: { confirmedAt: new Date(), lastStep: 1 },
  });
  forgetPrincipals(member.userId);
  expect(await missing()).toBe(false);
});
