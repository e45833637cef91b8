import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { emailIndex, login } from "../../accounts";
import { flushAudit } from "../../audit";
import { createKey, createKeyInputSchema } from "../../keys";
import { createOrganization } from "../../members";
import { orgNameField, orgSubject } from "../../orgs";
import { DAY, fromPublicId, newId, toPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { evidenceStorage, storage } from "../../platform/storage";
import { decryptText } from "../../privacy";
import { completeErasures, deleteOrganization, eraseAccount, getErasure, repeatErasures } from "..";
import { fingerprintOfCertificate, isGenuine } from "./certificate";

const stack = await useTestStack();

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
  await closeDb();
});

const someone = async () => {
  const user = await makeUser({ verified: true, ip: "203.0.113.9" });
  // Its verification email would else be the newest.
  await drainAfterResponse();
  return { ...user, principal: await principalOf(user.claims) };
};
type Someone = Awaited<ReturnType<typeof someone>>;
const erase = ({ principal, email }: Someone) => eraseAccount(db(), { principal, input: { email } });
const away = {
  put: () => Promise.reject(new Error("the store is away")),
  locksObjects: () => Promise.resolve(false),
};
/** A member of a team with another owner. */
async function joinTeam({ userId }: Someone, role: "owner" | "admin" = "admin") {
  const boss = await someone();
  const { id } = await createOrganization(db(), { principal: boss.principal, name: "Agate Works" });
  const orgId = fromPublicId("org", id);
  await db().membership.create({ data: { orgId, userId, role, createdAt: new Date() } });
  return { boss, orgId };
}

describe("erasing an account", () => {
  it("makes the person and their organization unreadable and ends all that acts for them, at once", async () => {
    const one = await someone();
    const { orgId: team } = await joinTeam(one);
    const own = await createKey(db(), {
      principal: one.principal,
      input: createKeyInputSchema.parse({ name: "Mine", environment: "test" }),
    });
    await db().authenticator.create({
      data: { userId: one.userId, secretCipher: new Uint8Array(1), createdAt: new Date() },
    });
    const user = await db().user.findUniqueOrThrow({ where: { id: one.userId } });
    const org = await db().organization.findUniqueOrThrow({ where: { id: one.orgId } });

    const done = await erase(one);
    await drainAfterResponse();
    expect(done).toMatchObject({ subject: "person", status: "in_progress", erased_at: expect.any(String) });

    await expect(principalOf(one.claims)).rejects.toThrow("no session");
    await expect(login(db(), { email: one.email, password: one.password, ip: null })).rejects.toMatchObject({
      code: "invalid_login",
    });
    const email = { table: "users", column: "email_cipher", rowId: one.userId };
    await expect(
      decryptText(db(), { type: "user", id: one.userId }, email, user.emailCipher),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      decryptText(db(), orgSubject(one.orgId), orgNameField(one.orgId), org.nameCipher),
    ).rejects.toMatchObject({ code: "not_found" });
    expect(await db().user.count({ where: { emailIndex: emailIndex(one.email) } })).toBe(0);
    const key = await db().apiKey.findUniqueOrThrow({ where: { id: fromPublicId("key", own.id) } });
    expect(key).toMatchObject({ revokedAt: expect.any(Date), name: "" });
    for (const count of [
      db().session.count({ where: { userId: one.userId } }),
      db().membership.count({ where: { userId: one.userId } }),
      db().authenticator.count({ where: { userId: one.userId } }),
      db().dataKey.count({ where: { subjectId: { in: [one.userId, one.orgId] }, destroyedAt: null } }),
    ])
      expect(await count).toBe(0);
    // The team goes on without them.
    expect(await db().membership.count({ where: { orgId: team } })).toBe(1);
    expect((await stack.mailbox.waitFor(one.email)).text).toContain(`/erased#${done.receipt}`);
    // The address is free: nothing knows that it had an account.
    expect((await makeUser({ email: one.email })).userId).not.toBe(one.userId);
  });

  it("is refused for another address, for the only owner of a team, and for an operator; nothing changes", async () => {
    const one = await someone();
    await createOrganization(db(), { principal: one.principal, name: "Alone" });
    await expect(
      eraseAccount(db(), { principal: one.principal, input: { email: "x@example.com" } }),
    ).rejects.toMatchObject({
      code: "invalid_request",
      param: "email",
    });
    await expect(erase(one)).rejects.toMatchObject({ code: "conflict" });
    const operator = await someone();
    const principal = { ...operator.principal, operator: true };
    await expect(erase({ ...operator, principal })).rejects.toMatchObject({ code: "conflict" });
    for (const { claims } of [one, operator]) expect(await principalOf(claims)).toBeDefined();
    expect(await db().erasure.count({ where: { subjectId: { in: [one.userId, operator.userId] } } })).toBe(0);
  });

  it("that meets a store that is away is carried out by the job, and signs the person out meanwhile", async () => {
    const one = await someone();
    await completeErasures(db());
    const done = await eraseAccount(
      db(),
      { principal: one.principal, input: { email: one.email } },
      { storage: away },
    );
    expect(done.erased_at).toBeNull();
    await expect(principalOf(one.claims)).rejects.toThrow("no session");
    expect(await completeErasures(db(), { storage: away })).toBe(0);
    expect(await getErasure(db(), done)).toMatchObject({ status: "in_progress", erased_at: null });
    expect(await completeErasures(db())).toBeGreaterThan(0);
    expect(await getErasure(db(), done)).toMatchObject({ status: "complete", erased_at: expect.any(String) });
    expect(await db().dataKey.count({ where: { subjectId: one.userId, destroyedAt: null } })).toBe(0);
  });
});

describe("the certificate", () => {
  it("is signed, names nobody, is anchored in the audit log, and is read by its receipt alone", async () => {
    const one = await someone();
    const { receipt } = await erase(one);
    await completeErasures(db());
    const { certificate, status } = await getErasure(db(), { receipt });
    expect(status).toBe("complete");
    if (certificate === null) throw new Error("no certificate");
    expect(certificate).toMatchObject({
      subject: "person",
      subject_id: toPublicId("usr", one.userId),
      payment_provider: "none",
    });
    expect(isGenuine(certificate)).toBe(true);
    expect(isGenuine({ ...certificate, subject_id: toPublicId("usr", newId()) })).toBe(false);
    expect(isGenuine({ ...certificate, erased_at: new Date(0).toISOString() })).toBe(false);
    expect(JSON.stringify(certificate)).not.toContain(one.email);
    const [entry] = await db().auditLog.findMany({
      where: { action: "data.erasure_certified", targetId: one.userId },
    });
    expect(entry?.details).toMatchObject({ certificate: fingerprintOfCertificate(certificate) });
    await expect(getErasure(db(), { receipt: "A".repeat(43) })).rejects.toMatchObject({ code: "not_found" });
    // Repeating changes nothing.
    await completeErasures(db());
    expect((await getErasure(db(), { receipt })).certificate).toEqual(certificate);
  });
});

describe("erasing an organization", () => {
  const team = async () => {
    const one = await someone();
    const { id } = await createOrganization(db(), { principal: one.principal, name: "Agate Works" });
    const orgId = fromPublicId("org", id);
    return { one, orgId, principal: { ...one.principal, orgId } };
  };
  const remove = (principal: Someone["principal"], erase_now: boolean) =>
    deleteOrganization(db(), { principal, input: { organization_name: "Agate Works", erase_now } });

  it("makes it unreadable at once where its owner asks for that, else after thirty days; both are certified", async () => {
    for (const now of [true, false]) {
      const { orgId, principal } = await team();
      const { receipt } = await remove(principal, now);
      expect(await db().dataKey.count({ where: { subjectId: orgId, destroyedAt: null } })).toBe(now ? 0 : 1);
      await completeErasures(db());
      expect((await getErasure(db(), { receipt })).status).toBe(now ? "complete" : "in_progress");
      if (now) continue;
      await completeErasures(db(), { clock: { now: () => new Date(Date.now() + 31 * DAY) } });
      expect(await getErasure(db(), { receipt })).toMatchObject({
        status: "complete",
        certificate: { subject: "organization" },
      });
      expect(await db().dataKey.count({ where: { subjectId: orgId, destroyedAt: null } })).toBe(0);
    }
  });

  it("is forgotten where support has restored it before it was due", async () => {
    const { orgId, principal } = await team();
    const { receipt } = await remove(principal, false);
    await db().organization.update({ where: { id: orgId }, data: { deletedAt: null } });
    await completeErasures(db(), { clock: { now: () => new Date(Date.now() + 31 * DAY) } });
    await expect(getErasure(db(), { receipt })).rejects.toMatchObject({ code: "not_found" });
    expect(await db().dataKey.count({ where: { subjectId: orgId, destroyedAt: null } })).toBe(1);
  });
});

describe("an older database that is put back", () => {
  it("loses the person again: rows, keys and memberships that it brings are ended before anything is served", async () => {
    const one = await someone();
    const key = await db().dataKey.findFirstOrThrow({
      where: { subjectType: "user", subjectId: one.userId },
    });
    const user = await db().user.findUniqueOrThrow({ where: { id: one.userId } });
    const { boss, orgId } = await joinTeam(one);
    await erase(one);

    // What a backup of before the erasure would bring.
    await db().dataKey.update({
      where: { id: key.id },
      data: { wrappedKey: key.wrappedKey, destroyedAt: null },
    });
    const { emailIndex: index, passwordHash, sessionVersion } = user;
    await db().user.update({
      where: { id: one.userId },
      data: { emailIndex: index, passwordHash, sessionVersion, deletedAt: null },
    });
    await db().membership.create({
      data: { orgId, userId: one.userId, role: "admin", createdAt: new Date() },
    });
    const made = await createKey(db(), {
      principal: { ...boss.principal, orgId },
      input: createKeyInputSchema.parse({ name: "Restored", environment: "test" }),
    });
    const keyId = fromPublicId("key", made.id);
    await db().apiKey.update({ where: { id: keyId }, data: { createdBy: one.userId } });

    expect(await repeatErasures(db(), evidenceStorage())).toBe(1);
    expect(await db().user.count({ where: { emailIndex: emailIndex(one.email) } })).toBe(0);
    expect(await db().membership.count({ where: { userId: one.userId } })).toBe(0);
    expect(await db().dataKey.count({ where: { subjectId: one.userId, destroyedAt: null } })).toBe(0);
    expect((await db().apiKey.findUniqueOrThrow({ where: { id: keyId } })).revokedAt).not.toBeNull();
    await expect(login(db(), { email: one.email, password: one.password, ip: null })).rejects.toMatchObject({
      code: "invalid_login",
    });
  });
});
