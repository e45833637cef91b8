import { type Browser, expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { makeVerifiedCustomer, signInAsCustomer } from "../support/customer";
import { openAsOperator } from "../support/operator-login";

// Each page is looked at four times over.
test.describe.configure({ timeout: 240_000 });

async function openSuspensions(browser: Browser): Promise<Page> {
  const page = await openAsOperator(browser);
  await page.goto("/admin/suspensions");
  return page;
}

async function decide(operator: Page, deed: "Suspend" | "Reinstate", subject: string, reason: string) {
  const dialog = operator.getByRole("alertdialog");
  if (deed === "Suspend") {
    await operator.getByRole("button", { name: "Suspend", exact: true }).click();
    await dialog.getByLabel("ID or a person’s email").fill(subject);
  } else await operator.getByRole("button", { name: `Reinstate ${subject}` }).click();
  await dialog.getByLabel("Reason").fill(reason);
  await checkPage(operator);
  await dialog.getByRole("button", { name: deed }).click();
  await expect(dialog).toBeHidden();
}

test("a member of a suspended organization reads why, leaves it for another, and finds it again once it is reinstated", async ({
  page,
  browser,
}) => {
  const customer = await signInAsCustomer(page);
  await page.getByRole("button", { name: /Organization:/ }).click();
  await page.getByRole("menuitem", { name: "Create organization" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Second Works");
  await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
  await expect(page.getByRole("button", { name: /Organization: Second Works/ })).toBeVisible();
  await page.getByRole("button", { name: /Organization:/ }).click();
  await page.getByRole("menuitem", { name: /Ada Lovelace/ }).click();
  await expect(page.getByRole("button", { name: /Organization: Ada Lovelace/ })).toBeVisible();

  const operator = await openSuspensions(browser);
  await operator.getByRole("button", { name: "Suspend", exact: true }).click();
  const dialog = operator.getByRole("alertdialog");
  await dialog.getByLabel("ID or a person’s email").fill("Ada");
  await dialog.getByLabel("Reason").fill("Automated sign-ups");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await expect(dialog.getByText("Enter an ID")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await decide(operator, "Suspend", customer.orgId, "Automated sign-ups from one address");
  await expect(operator.getByText("Automated sign-ups from one address")).toBeVisible();
  await checkPage(operator);

  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "This organization is suspended" })).toBeVisible();
  await expect(page.getByText("Automated sign-ups from one address")).toBeVisible();
  await expect(page.getByRole("link", { name: "support@agathaai.com" })).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Second Works" }).click();
  await expect(page.getByRole("button", { name: /Organization: Second Works/ })).toBeVisible();

  await decide(operator, "Reinstate", customer.orgId, "Reviewed");
  await page.getByRole("button", { name: /Organization:/ }).click();
  await page.getByRole("menuitem", { name: /Ada Lovelace/ }).click();
  await expect(page.getByRole("button", { name: /Organization: Ada Lovelace/ })).toBeVisible();
});

test("a person with a suspended account reads why in place of every page, also after signing in, and can sign out", async ({
  page,
  browser,
}) => {
  const customer = await makeVerifiedCustomer(page.request);
  const operator = await openSuspensions(browser);
  await decide(operator, "Suspend", customer.email, "Chargebacks");
  expect(operator.url()).not.toContain("example.com");

  await page.goto("/sign-in?next=/settings");
  await page.getByLabel("Email").fill(customer.email);
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Your account is suspended" })).toBeVisible();
  await expect(page.getByText("Chargebacks")).toBeVisible();
  await expect(page.getByText("Switch to another organization")).toHaveCount(0);
  await checkPage(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("/");
});
