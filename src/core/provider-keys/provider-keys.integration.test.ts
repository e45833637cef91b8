import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit, listAudit } from "../audit";
import { flushLastUsed } from "../keys";
import { eraseDeletedOrganizations } from "../org-deletion";
import { scopeSetOfRole } from "../orgs";
import { fromPublicId, type OrgRole, type UserPrincipal } from "../platform";
import { closeDb, db } from "../platform/db/client";
import { destroyDataKey } from "../privacy";
import {
  addProviderKey,
  addProviderKeyInputSchema,
  deleteProviderKey,
  forgetOwnKeys,
  listProviderKeys,
  listProviderKeysInputSchema,
  MAX_KEYS,
  readOwnKeys,
  rotateProviderKey,
  type TestProviderKey,
  updateProviderKey,
} from ".";

await useTestStack();
afterAll(async () => {
  await flushLastUsed(db());
  await flushAudit();
  await closeDb();
});

const works: TestProviderKey = async () => ({ verdict: "works" });
const refuses: TestProviderKey = async () => ({ verdict: "refused", status: 401 });
const away: TestProviderKey = async () => ({ verdict: "unknown", reason: "timeout" });

const owner = async () => principalOf((await makeUser({ verified: true })).claims);

function add(
  principal: UserPrincipal,
  apiKey: string,
  { test = works, ...more }: { test?: TestProviderKey; provider?: string; fallback?: boolean } = {},
) {
  const input = addProviderKeyInputSchema.parse({ provider: "openai", api_key: apiKey, ...more });
  return addProviderKey(db(), { principal, input, test });
}
const idOf = ({ id }: { id: string }) => fromPublicId("pky", id);
const all = listProviderKeysInputSchema.parse({});
const list = async (principal: UserPrincipal) =>
  (await listProviderKeys(db(), { principal, input: all })).data.toSorted((a, b) => a.position - b.position);
const inUse = async ({ orgId }: UserPrincipal) => {
  const { openai } = await readOwnKeys(db(), orgId);
  return openai && { keys: openai.keys.map(({ apiKey }) => apiKey), thenOurs: openai.thenOurs };
};
const stored = async () => JSON.stringify(await db().$queryRaw`SELECT to_jsonb(k) FROM provider_keys k`);

describe("a provider key", () => {
  it("is stored encrypted, shown by its last four characters, and is in use at once", async () => {
    const ada = await owner();
    const view = await add(ada, "sk-proj-secret-of-ada-1234");
    expect(view).toMatchObject({ provider: "openai", last_four: "1234", position: 1, fallback: false });
    expect(JSON.stringify([view, await list(ada)])).not.toContain("secret-of-ada");
    expect(await stored()).not.toContain("secret-of-ada");
    expect(await inUse(ada)).toEqual({ keys: ["sk-proj-secret-of-ada-1234"], thenOurs: false });
  });

  it("that its provider refuses is not stored, and the error names the field but never the key", async () => {
    const ada = await owner();
    await expect(add(ada, "sk-proj-refused-key", { test: refuses })).rejects.toMatchObject({
      code: "invalid_request",
      param: "api_key",
      public: expect.stringMatching(/^OpenAI refused this key \(HTTP 401\)/),
      message: expect.not.stringContaining("sk-proj"),
    });
    expect(await list(ada)).toEqual([]);
  });

  it("is not stored untested where the provider cannot be asked", async () => {
    const ada = await owner();
    await expect(add(ada, "sk-proj-untested", { test: away })).rejects.toMatchObject({
      code: "provider_unavailable",
    });
    expect(await list(ada)).toEqual([]);
  });

  it("moves to the position it is given, and the others keep their order", async () => {
    const ada = await owner();
    for (const name of ["a", "b", "c"]) await add(ada, `sk-key-number-${name}`);
    const [, , third] = await list(ada);
    if (third === undefined) throw new Error("three were added");
    await updateProviderKey(db(), { principal: ada, input: { id: idOf(third), position: 1 } });
    expect((await inUse(ada))?.keys).toEqual(["sk-key-number-c", "sk-key-number-a", "sk-key-number-b"]);
    await deleteProviderKey(db(), { principal: ada, id: idOf(third) });
    expect((await list(ada)).map(({ position }) => position)).toEqual([1, 2]);
    expect((await inUse(ada))?.keys).toEqual(["sk-key-number-a", "sk-key-number-b"]);
  });

  it("lets ours follow only where every one of the organization's keys there allows it", async () => {
    const ada = await owner();
    await add(ada, "sk-key-allows-it", { fallback: true });
    expect((await inUse(ada))?.thenOurs).toBe(true);
    const second = await add(ada, "sk-key-forbids-it");
    expect((await inUse(ada))?.thenOurs).toBe(false);
    await updateProviderKey(db(), { principal: ada, input: { id: idOf(second), fallback: true } });
    expect((await inUse(ada))?.thenOurs).toBe(true);
  });

  it("is rotated to a secret that works; one that is refused leaves the old one in use", async () => {
    const ada = await owner();
    const id = idOf(await add(ada, "sk-key-before-0001"));
    const rotate = (apiKey: string, test: TestProviderKey) =>
      rotateProviderKey(db(), { principal: ada, input: { id, api_key: apiKey }, test });
    await expect(rotate("sk-key-refused-0002", refuses)).rejects.toMatchObject({ param: "api_key" });
    expect((await inUse(ada))?.keys).toEqual(["sk-key-before-0001"]);
    const view = await rotate("sk-key-after-0003", works);
    expect(view).toMatchObject({ last_four: "0003", rotated_at: expect.any(String) });
    expect((await inUse(ada))?.keys).toEqual(["sk-key-after-0003"]);
  });

  it("is one of ten at most at one provider, however many come at once", async () => {
    const ada = await owner();
    const added = await Promise.allSettled(
      Array.from({ length: MAX_KEYS + 3 }, (_, index) => add(ada, `sk-key-of-many-${index}`)),
    );
    expect(added.filter(({ status }) => status === "fulfilled")).toHaveLength(MAX_KEYS);
    expect((await list(ada)).map(({ position }) => position)).toEqual(
      Array.from({ length: MAX_KEYS }, (_, index) => index + 1),
    );
  });

  it("is not found by another organization, whatever is asked of it", async () => {
    const [ada, eve] = [await owner(), await owner()];
    const id = idOf(await add(ada, "sk-key-of-ada-only"));
    const notFound = { code: "not_found", status: 404 };
    const rotation = { id, api_key: "sk-key-of-eve" };
    await expect(deleteProviderKey(db(), { principal: eve, id })).rejects.toMatchObject(notFound);
    await expect(
      updateProviderKey(db(), { principal: eve, input: { id, fallback: true } }),
    ).rejects.toMatchObject(notFound);
    await expect(
      rotateProviderKey(db(), { principal: eve, input: rotation, test: works }),
    ).rejects.toMatchObject(notFound);
    expect(await inUse(eve)).toBeUndefined();
    expect((await inUse(ada))?.keys).toEqual(["sk-key-of-ada-only"]);
  });

  it("is managed by owners and admins; the role in the database counts, not the one a caller came with", async () => {
    const ada = await owner();
    for (const role of ["developer", "billing", "viewer"] as const) {
      await expect(add({ ...ada, role }, "sk-key-by-others")).rejects.toMatchObject({
        code: "insufficient_role",
      });
    }
    await setRole(ada, "developer");
    await expect(add(ada, "sk-key-by-a-demoted")).rejects.toMatchObject({ code: "insufficient_role" });
    await setRole(ada, "admin");
    await add({ ...ada, role: "admin", scopes: scopeSetOfRole("admin") }, "sk-key-by-an-admin");
  });

  it("is in the audit log with every change, and no part of its secret is", async () => {
    const ada = await owner();
    const view = await add(ada, "sk-audited-WXYZ");
    await updateProviderKey(db(), { principal: ada, input: { id: idOf(view), fallback: true } });
    await rotateProviderKey(db(), {
      principal: ada,
      input: { id: idOf(view), api_key: "sk-audited-QRST" },
      test: works,
    });
    await deleteProviderKey(db(), { principal: ada, id: idOf(view) });
    const { data } = await listAudit(db(), {
      orgId: ada.orgId,
      environment: "all",
      limit: 50,
      requests: false,
    });
    const told = data.filter(({ action }) => action.startsWith("provider_key."));
    expect(told.map(({ action }) => action)).toEqual([
      "provider_key.deleted",
      "provider_key.rotated",
      "provider_key.updated",
      "provider_key.added",
    ]);
    expect(JSON.stringify(told)).not.toMatch(/audited|WXYZ|QRST/);
  });

  it("cannot be read any more once the organization's data key is destroyed", async () => {
    const ada = await owner();
    await add(ada, "sk-key-that-ends");
    forgetOwnKeys(ada.orgId);
    (await destroyDataKey(db(), { type: "org", id: ada.orgId }))();
    await expect(readOwnKeys(db(), ada.orgId)).rejects.toMatchObject({ code: "not_found" });
  });
});

it("goes with its organization's erasure, its last four characters too", async () => {
  const ada = await owner();
  await add(ada, "sk-key-of-the-deleted");
  await db().organization.update({ where: { id: ada.orgId }, data: { deletedAt: new Date(0) } });
  const storage = { put: async () => undefined, locksObjects: async () => true };
  await eraseDeletedOrganizations(db(), { storage });
  expect(await db().providerKey.count({ where: { orgId: ada.orgId } })).toBe(0);
});

async function setRole({ orgId, userId }: UserPrincipal, role: OrgRole): Promise<void> {
  await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role } });
}
