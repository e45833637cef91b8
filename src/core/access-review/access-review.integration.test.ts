import { afterAll, expect, test } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createKey } from "../keys";
import { newId, toPublicId } from "../platform";
import { closeDb, db } from "../platform/db/client";
import { accessReviewFile, reviewAccess } from ".";

await useTestStack();
afterAll(closeDb);

/** An owner with a key, a colleague with a custom role and an authenticator, and a stranger's organization beside them. */
async function organization() {
  const owner = await makeUser({ name: "Ada", verified: true });
  const { orgId } = owner;
  await db().subscription.updateMany({ where: { orgId }, data: { plan: "enterprise" } });
  const now = new Date();
  await db().subscription.upsert({
    where: { orgId },
    create: { orgId, plan: "enterprise", createdAt: now, updatedAt: now },
    update: { plan: "enterprise" },
  });
  const colleague = await makeUser({ name: "=Bo", verified: true });
  const customRoleId = newId();
  await db().customRole.create({
    data: {
      id: customRoleId,
      orgId,
      name: "Support",
      base: "viewer",
      permissions: ["audit:read", "history:read"],
      createdAt: now,
      updatedAt: now,
    },
  });
  await db().membership.create({
    data: { orgId, userId: colleague.userId, role: "viewer", customRoleId, createdAt: now },
  });
  await db().authenticator.create({
    data: {
      userId: colleague.userId,
      secretCipher: new Uint8Array(1),
      createdAt: now,
      confirmedAt: now,
      lastStep: 1n,
    },
  });
  await makeUser({ name: "Eve", verified: true });
  const principal = await principalOf(owner.claims);
  const input = { name: "Backend", environment: "live" as const };
  const key = await createKey(db(), { principal, input });
  const ended = await createKey(db(), { principal, input: { ...input, name: "Ended" } });
  await db().apiKey.updateMany({ where: { name: "Ended", orgId }, data: { revokedAt: now } });
  return { owner, colleague, principal, key, ended };
}

test("the review has everyone and everything that can act, with what they may do, and nobody else", async () => {
  const { owner, colleague, principal, key } = await organization();
  const review = await reviewAccess(db(), { principal, format: "json" });
  expect(review.data.map(({ kind, id }) => [kind, id])).toEqual([
    ["member", toPublicId("usr", owner.userId)],
    ["member", toPublicId("usr", colleague.userId)],
    ["api_key", key.id],
  ]);
  expect(review.data[0]).toMatchObject({
    email: owner.email,
    role: "owner",
    custom_role: null,
    second_factor: false,
  });
  expect(review.data[0]).toHaveProperty("last_used_at", expect.any(String));
  expect(review.data[1]).toMatchObject({
    role: "viewer",
    custom_role: "Support",
    permissions: ["history:read", "audit:read"],
    second_factor: true,
  });
  expect(review.data[2]).toMatchObject({
    created_by: owner.email,
    permissions: key.scopes,
    environment: "live",
  });
  expect(JSON.stringify(review)).not.toContain(key.secret);
});

test("each review is in the audit log, and the file has a line for each of its entries", async () => {
  const { principal, colleague } = await organization();
  const file = await accessReviewFile(db(), { principal });
  let text = "";
  for await (const piece of file.pieces) text += piece;
  const lines = text.trim().split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^kind,id,name,email,role,/);
  // A name that a spreadsheet would run as a formula is kept as text.
  expect(lines.find((line) => line.includes(colleague.email))).toContain(",'=Bo,");
  const entries = await db().auditLog.findMany({
    where: { orgId: principal.orgId, action: "data.access_reviewed" },
  });
  expect(entries.map(({ details, actorId }) => [actorId, details])).toEqual([
    [principal.userId, { format: "csv", members: 2, keys: 1, apps: 0 }],
  ]);
});
