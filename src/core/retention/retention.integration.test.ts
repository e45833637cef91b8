import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { closeDb, db } from "../platform/db/client";
import { getRetention, getStorage, updateRetention, updateRetentionInputSchema, updateStorage } from ".";

await useTestStack();
afterAll(closeDb);

async function owner(plan: "free" | "enterprise" = "enterprise") {
  const user = await makeUser({ verified: true });
  const principal = await principalOf(user.claims);
  await db().subscription.updateMany({ where: { orgId: principal.orgId }, data: { plan } });
  return principal;
}
const change = (principal: Awaited<ReturnType<typeof owner>>, retention_days: number, archive_days: number) =>
  updateRetention(db(), { principal, input: { retention_days, archive_days } });

describe("an organization's retention", () => {
  it("is 90 days and 365 archived until an owner chooses less, which is recorded", async () => {
    const principal = await owner();
    expect(await getRetention(db(), principal)).toEqual({ retention_days: 90, archive_days: 365 });
    await change(principal, 30, 0);
    expect(await getRetention(db(), principal)).toEqual({ retention_days: 30, archive_days: 0 });
    const entry = await db().auditLog.findFirst({ where: { orgId: principal.orgId, action: "org.updated" } });
    expect(entry?.details).toEqual({ changed: "retention", to: "30 days, 0 archived" });
  });

  it("is not for admins to change, whatever their token says", async () => {
    const principal = await owner();
    await expect(change({ ...principal, role: "admin" }, 30, 0)).rejects.toMatchObject({
      code: "insufficient_role",
    });
    await db().membership.updateMany({ where: { orgId: principal.orgId }, data: { role: "admin" } });
    await expect(change(principal, 30, 0)).rejects.toMatchObject({ code: "insufficient_role" });
  });

  it("of its own depends on the plan; everybody can go back to the longest", async () => {
    const principal = await owner("free");
    await expect(change(principal, 30, 365)).rejects.toMatchObject({ code: "plan_required" });
    expect(await change(principal, 90, 365)).toEqual({ retention_days: 90, archive_days: 365 });
  });

  it("of no days stores nothing under /v1, and storing cannot be turned on beside it", async () => {
    const principal = await owner();
    const { orgId, userId } = principal;
    await change(principal, 0, 0);
    expect(await getStorage(db(), { orgId })).toEqual({ storage: "forbidden" });
    await expect(updateStorage(db(), { orgId, userId, storage: "on" })).rejects.toMatchObject({
      code: "conflict",
    });
    await change(principal, 1, 0);
    expect(await updateStorage(db(), { orgId, userId, storage: "on" })).toEqual({ storage: "on" });
  });

  it("keeps no archive of what is not kept, and no longer than everybody", () => {
    const parsed = (input: object) => updateRetentionInputSchema.safeParse(input).success;
    expect(parsed({ retention_days: 0, archive_days: 0 })).toBe(true);
    expect(parsed({ retention_days: 0, archive_days: 1 })).toBe(false);
    expect(parsed({ retention_days: 91, archive_days: 0 })).toBe(false);
    expect(parsed({ retention_days: 90, archive_days: 366 })).toBe(false);
  });
});
