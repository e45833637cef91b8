import { expect, test } from "@playwright/test";
import { fromPublicId } from "../../../src/core/platform";
import { violations } from "../support/check-page";
import { complete, makeCustomer, makeKey, makeVerifiedCustomer, signIn } from "../support/customer";
import { giveEnterprise, onDatabase } from "../support/database";
import { signInAsOperator } from "../support/operator-login";

test("an owner keeps requests for less time and in the EU, and reads what changes before it does", async ({
  page,
  request,
}, info) => {
  const customer = await makeVerifiedCustomer(request);
  await giveEnterprise(customer);
  await signIn(page, customer);
  await page.goto("/settings/data");
  await page.getByLabel("Days in the history").fill("30");
  await page.getByRole("button", { name: "Save retention" }).click();
  const shorter = page.getByRole("alertdialog", { name: "Keep requests for less time?" });
  await expect(shorter.getByText("This can’t be undone")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await shorter.getByRole("button", { name: "Keep for less time" }).click();
  await expect(page.getByText("Retention changed", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Days in the history")).toHaveValue("30");

  const residency = page.getByRole("region", { name: "Data residency" });
  await expect(residency.getByText("Anywhere", { exact: true })).toBeVisible();
  await residency.getByRole("button", { name: "Keep requests in the EU" }).click();
  const toEu = page.getByRole("alertdialog", { name: "Keep requests in the EU?" });
  await expect(toEu.getByText("All other models are refused", { exact: false })).toBeVisible();
  await page.screenshot({ path: info.outputPath("residency-dialog.png") });
  expect(await violations(page)).toEqual([]);
  await toEu.getByRole("button", { name: "Keep requests in the EU" }).click();
  await expect(residency.getByText("EU only", { exact: true })).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [name, width, height] of [["desktop", 1280, 900] as const, ["phone", 390, 844] as const]) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: info.outputPath(`data-${name}-${scheme}.png`), fullPage: true });
      expect(await violations(page)).toEqual([]);
    }
  }
  await page.getByLabel("Request ID").fill("inf_nothing");
  await page.getByRole("button", { name: "Find request" }).click();
  await expect(page.getByText("A request ID starts with inf_")).toBeVisible();
});

test("an operator places a legal hold and releases it", async ({ page, request }, info) => {
  const customer = await makeCustomer(request);
  await signInAsOperator(page);
  await page.goto("/admin/holds");
  await page.getByRole("button", { name: "Place hold" }).first().click();
  const place = page.getByRole("alertdialog", { name: "Place a legal hold?" });
  await place.getByLabel("ID of a person or organization").fill(customer.orgId);
  await place.getByLabel("Reason").fill("Case 2026-17");
  expect(await violations(page)).toEqual([]);
  await place.getByRole("button", { name: "Place hold" }).click();
  await expect(page.getByText("Hold placed", { exact: true })).toBeVisible();
  await expect(page.getByText("Case 2026-17")).toBeVisible();
  await page.screenshot({ path: info.outputPath("holds.png") });
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: `Release hold on ${customer.orgId}` }).click();
  const release = page.getByRole("alertdialog", { name: "Release this hold?" });
  await release.getByLabel("Reason").fill("Closed");
  await release.getByRole("button", { name: "Release hold" }).click();
  await expect(page.getByText("Case 2026-17")).toHaveCount(0);
});

test("a new version of the terms is asked for before the portal goes on, and keys keep working", async ({
  page,
  request,
}, info) => {
  const customer = await makeVerifiedCustomer(request);
  const { secret } = await makeKey(request, customer, { environment: "test" });
  // As if the version they agreed to were an earlier one.
  await onDatabase((client) =>
    client.query(
      `UPDATE consents SET version = '2020-01-01' WHERE document = 'terms' AND user_id IN (
         SELECT user_id FROM memberships WHERE org_id = $1)`,
      [fromPublicId("org", customer.orgId)],
    ),
  );
  await signIn(page, customer);
  await expect(page.getByRole("heading", { name: "Before you continue" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Terms of service" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Privacy policy" })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath("consent-required.png") });
  await complete(request, secret);
  await page.getByRole("button", { name: "Agree and continue" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

  await page.goto("/settings/data#consents");
  const agreed = page.getByRole("region", { name: "What you agreed to" });
  await expect(agreed.getByText("You haven’t agreed to marketing emails", { exact: false })).toBeVisible();
  await agreed.getByRole("button", { name: "Agree to marketing emails" }).click();
  await agreed.getByRole("button", { name: "Withdraw consent" }).click();
  await expect(agreed.getByText("Marketing emails (withdrawn)")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await agreed.screenshot({ path: info.outputPath("consents.png") });
});

test("the box for marketing is not ticked, and the documents are named, where people sign up", async ({
  page,
}, info) => {
  await page.goto("/sign-up");
  await expect(page.getByRole("checkbox", { name: /Email me news/ })).not.toBeChecked();
  await expect(page.getByRole("link", { name: "data processing agreement" })).toBeVisible();
  await page.screenshot({ path: info.outputPath("sign-up.png"), fullPage: true });
  await page.setExtraHTTPHeaders({ "sec-gpc": "1" });
  for (const path of ["/terms", "/privacy", "/dpa", "/baa", "/subprocessors", "/do-not-sell"]) {
    await page.goto(path);
    expect(await violations(page)).toEqual([]);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [name, width] of [["desktop", 1280] as const, ["phone", 390] as const]) {
        await page.setViewportSize({ width, height: 844 });
        await page.screenshot({
          path: info.outputPath(`${path.slice(1)}-${name}-${scheme}.png`),
          fullPage: true,
        });
      }
    }
  }
  await expect(page.getByText("Your browser sends Global Privacy Control")).toBeVisible();
});
