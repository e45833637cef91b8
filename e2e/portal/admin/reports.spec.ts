import { expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { type Customer, makeCustomer, makeKey, signIn, signInAsCustomer } from "../support/customer";
import { openAsOperator } from "../support/operator-login";
import { picture } from "../support/picture";

// Each page is looked at four times over.
test.describe.configure({ timeout: 240_000 });

/** Somebody who signed in with a password and made a key. */
async function activeCustomer(page: Page): Promise<Customer> {
  const customer = await signInAsCustomer(page);
  await makeKey(page.request, customer, { environment: "test" });
  return customer;
}

test("an operator sees who signed in and what admins did, of one organization or of all, and its log says they looked", async ({
  page,
  browser,
}) => {
  const customer = await activeCustomer(page);
  const operator = await openAsOperator(browser);
  await operator.goto("/admin/reports");
  await expect(operator.getByRole("heading", { name: "Reports", level: 1 })).toBeVisible();
  await expect(operator.getByRole("link", { name: customer.orgId })).toBeVisible();
  await checkPage(operator);
  await picture(operator, "admin-reports");

  const filters = operator.getByRole("search", { name: "Filter the report" });
  await filters.getByLabel("Organization ID").fill("org_01h");
  await filters.getByRole("button", { name: "Apply" }).click();
  await expect(filters.getByText("Enter a whole organization ID")).toBeVisible();
  await checkPage(operator);
  await filters.getByLabel("Organization ID").fill(customer.orgId);
  await filters.getByRole("button", { name: "Apply" }).click();
  await expect(operator).toHaveURL(new RegExp(`organization=${customer.orgId}`));
  const rows = operator.getByRole("table").getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText(/[1-9]/);

  await filters.getByLabel("How").selectOption("Passkey");
  await expect(operator.getByRole("heading", { name: "No sign-ins" })).toBeVisible();
  await checkPage(operator);
  await picture(operator, "admin-reports-empty");

  await operator.getByText("Admin actions", { exact: true }).click();
  await expect(operator.getByText("key.created")).toBeVisible();
  await checkPage(operator);
  await picture(operator, "admin-reports-actions");
  await filters.getByLabel("By").selectOption("API keys");
  await expect(operator.getByRole("heading", { name: "No admin actions" })).toBeVisible();
  await filters.getByLabel("By").selectOption("Service accounts");
  await expect(operator).toHaveURL(/by=service_account/);
  await expect(operator.getByRole("heading", { name: "No admin actions" })).toBeVisible();
  // What is chosen is in the address: a colleague who is given it sees the same.
  await operator.reload();
  await expect(operator.getByRole("heading", { name: "No admin actions" })).toBeVisible();

  await page.goto("/audit");
  await expect(page.getByText("operator.report_listed").filter({ visible: true }).first()).toBeVisible();
});

test("a report that loads says so, and one that could not is loaded again on request", async ({
  browser,
}) => {
  const operator = await openAsOperator(browser);
  const asked = "**/api/trpc/operators.signIns**";
  await operator.route(asked, () => {});
  await operator.goto("/admin/reports");
  await expect(operator.getByRole("status").filter({ hasText: "Loading the sign-ins" })).toBeAttached();
  await picture(operator, "admin-reports-loading");
  await operator.unroute(asked);
  let broken = true;
  await operator.route(asked, (route) => (broken ? route.abort() : route.continue()));
  await operator.reload();
  await expect(operator.getByText("Couldn’t load the sign-ins")).toBeVisible({ timeout: 30_000 });
  await checkPage(operator);
  await picture(operator, "admin-reports-error");
  broken = false;
  await operator.getByRole("button", { name: "Try again" }).click();
  await expect(operator.getByRole("table")).toBeVisible();
});

test("nobody but an operator opens the reports", async ({ page }) => {
  await signIn(page, await makeCustomer(page.request));
  await page.goto("/admin/reports");
  await expect(page.getByText("Page not found")).toBeVisible();
  for (const name of ["operators.signIns", "operators.deeds"]) {
    const refused = await page.request.get(`/api/trpc/${name}?input=${encodeURIComponent("{}")}`, {
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(refused.status(), name).toBe(403);
  }
});
