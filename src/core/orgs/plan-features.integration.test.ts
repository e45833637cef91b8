import { afterAll, expect, test } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type PlanFeature, planFeatures, planIds, plans } from "../../shared/plans";
import { closeDb, db } from "../platform/db/client";
import { assertFeature, hasFeature } from ".";

await useTestStack();
afterAll(closeDb);

const features = Object.keys(planFeatures) as PlanFeature[];

test("a feature opens with the plans that have it, and is refused by name of those plans otherwise", async () => {
  const { orgId } = await makeUser();
  for (const plan of planIds) {
    const row = { plan, updatedAt: new Date() };
    await db().subscription.upsert({
      where: { orgId },
      create: { ...row, orgId, createdAt: new Date() },
      update: row,
    });
    for (const feature of features) {
      const asked = assertFeature(db(), orgId, feature);
      if (hasFeature(plan, feature)) await expect(asked).resolves.toBeUndefined();
      else {
        await expect(asked).rejects.toMatchObject({
          code: "plan_required",
          public: expect.stringContaining(plans.enterprise.name),
        });
      }
    }
  }
});

test("an organization without a subscription has the features of Free", async () => {
  const { orgId } = await makeUser();
  await db().subscription.deleteMany({ where: { orgId } });
  await expect(assertFeature(db(), orgId, "customRoles")).rejects.toMatchObject({ code: "plan_required" });
});
