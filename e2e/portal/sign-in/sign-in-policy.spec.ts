import { expect, type Page, test } from "@playwright/test";
import { plugIn } from "../support/authenticator";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn } from "../support/customer";
import { joinAsDeveloper } from "../support/database";

async function addPasskey(page: Page) {
  await page.getByRole("button", { name: "Add passkey" }).click();
  const add = page.getByRole("dialog", { name: "Add passkey" });
  await add.getByLabel("Name").fill("Laptop");
  await add.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "I’ve saved the codes" }).click();
}

test("an owner requires a second factor, and a member adds one before anything else", async ({
  page,
  request,
  browser,
}) => {
  const [owner, member] = [await makeVerifiedCustomer(request), await makeVerifiedCustomer(request)];
  await plugIn(page);
  await signIn(page, owner);
  await page.goto("/settings#sign-in-policy");
  const policy = page.getByRole("region", { name: "Two-factor for everyone" });
  await expect(policy.getByText(/Add a second factor to your own account first/)).toBeVisible();
  await expect(policy.getByRole("button", { name: "Require second factor" })).toBeDisabled();
  await addPasskey(page);
  await expect(policy.getByText("Optional. Every member has one.")).toBeVisible();

  // The member works in the owner's organization, in a page that is open.
  const theirs = await (await browser.newContext()).newPage();
  await plugIn(theirs);
  await signIn(theirs, member);
  await joinAsDeveloper(member, owner);
  await page.reload();
  await expect(policy.getByText("Optional. 1 member has none.")).toBeVisible();
  await policy.getByRole("button", { name: "Require second factor" }).click();
  await expect(policy.getByText("Required. 1 member has none yet and can only add one.")).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await theirs.goto("/keys");
  const heading = theirs.getByRole("heading", { name: "Add a second factor", level: 1 });
  await expect(async () => {
    await theirs.reload();
    await expect(heading).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await expect(theirs.getByRole("button", { name: "Continue" })).toBeDisabled();
  expect(await violations(theirs)).toEqual([]);
  await addPasskey(theirs);
  await theirs.getByRole("button", { name: "Continue" }).click();
  await expect(theirs.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await theirs.context().close();
});
