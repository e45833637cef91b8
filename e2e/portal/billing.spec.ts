import { expect, test } from "@playwright/test";
import { choose, openBilling, reloadUntil } from "./support/billing-page";
import { checkPage } from "./support/check-page";
import { emailedLink } from "./support/mailbox";
import { signInAsOperator } from "./support/operator-login";
import { advanceUntil, panelUrl } from "./support/stripe-panel";

// All in one file, and so one after the other: they move the clock of Stripe’s stand-in, which its customers share.

test("a customer subscribes, upgrades, schedules a downgrade, undoes it, cancels and subscribes again", async ({
  page,
}) => {
  // A whole life of a subscription, with a look at the page by axe on the way.
  test.slow();
  const { email } = await openBilling(page);
  await choose(page, "Pro", /0002: is declined/);
  await expect(page.getByRole("alert")).toContainText("declined");
  await page.getByLabel(/3155: must be confirmed/).check();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  // The shell's badge says it too, without a reload.
  await expect(page.getByRole("button", { name: /^Organization: .*pro$/i })).toBeVisible();
  await emailedLink(email, /Receipt for \$29\.00/);
  await checkPage(page);

  await page.getByRole("button", { name: "Manage payment" }).click();
  await page.getByLabel(/4242: pays/).check();
  await page.getByRole("button", { name: "Save card" }).click();
  await page.getByRole("link", { name: "Return to AgathaAI" }).click();

  // The page has just come from another site: a click before its script is ready opens nothing.
  const pay = page.getByRole("button", { name: "Pay $70.00 and upgrade" });
  await expect(async () => {
    await page.getByRole("button", { name: "Upgrade to Plus" }).click({ timeout: 5_000 });
    await expect(pay).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await pay.click();
  await expect(page.getByRole("button", { name: "Move to Pro" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Organization: .*plus$/i })).toBeVisible();

  await page.getByRole("button", { name: "Move to Pro" }).click();
  await page.getByRole("button", { name: "Change to Pro" }).click();
  await expect(page.getByText("Changes to Pro on")).toBeVisible();
  await page.getByRole("button", { name: "Keep Plus" }).click();
  await expect(page.getByText("Renews on")).toBeVisible();

  await page.getByRole("button", { name: "Cancel plan" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel plan" }).click();
  await expect(page.getByText("Canceled: stays until")).toBeVisible();
  await page.getByRole("button", { name: "Keep Plus" }).click();
  await expect(page.getByText("Renews on")).toBeVisible();
});

test("paying in two tabs, or reopening the page that was paid on, makes one subscription", async ({
  page,
  context,
}) => {
  await openBilling(page);
  const other = await context.newPage();
  await other.goto("/billing");
  await page.getByRole("button", { name: "Choose Pro" }).click();
  await expect(page.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  await other.getByRole("button", { name: "Choose Plus" }).click();
  await expect(other.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  const paidOn = other.url();
  await other.getByRole("button", { name: "Pay and subscribe" }).click();
  await expect(other.getByText("You’re on Plus")).toBeVisible();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
  await expect(page.getByText("This page has expired")).toBeVisible();
  await other.goto(paidOn);
  await expect(other.getByText("paid on already")).toBeVisible();
});

test("a customer who closes the tab after paying still gets the plan", async ({ page, context }) => {
  await openBilling(page);
  await page.route("**/billing?checkout=done", (route) => route.abort());
  await choose(page, "Pro");
  const later = await context.newPage();
  await expect(async () => {
    await later.goto("/billing");
    await expect(later.getByText("Renews on")).toBeVisible({ timeout: 5_000 });
  }).toPass();
});

test("a downgrade takes effect when the period ends, and its invoice opens as a page and as a PDF", async ({
  page,
  context,
}) => {
  const { email } = await openBilling(page);
  await choose(page, "Plus");
  await page.getByRole("button", { name: "Move to Pro" }).click();
  await page.getByRole("button", { name: "Change to Pro" }).click();
  await expect(page.getByText("Changes to Pro on")).toBeVisible();
  await advanceUntil(context, email, "AgathaAI Pro");
  await reloadUntil(page, "Renews on");
  await expect(page.getByRole("button", { name: "Upgrade to Plus" })).toBeVisible();
  await emailedLink(email, /Receipt for \$29\.00/);

  const row = page.getByRole("row").filter({ hasText: "$29.00" });
  const pdf = await page.request.get(
    (await row.getByRole("link", { name: /^PDF of/ }).getAttribute("href")) ?? "",
  );
  expect(pdf.headers()["content-type"]).toBe("application/pdf");
  expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");
  const hosted = context.waitForEvent("page");
  await row.getByRole("link", { name: /^AGATHA-/ }).click();
  await expect((await hosted).getByText("Status: paid")).toBeVisible();
});

test("a plan canceled on Stripe's own page lasts until the period ends", async ({ page, context }) => {
  const { email } = await openBilling(page);
  await choose(page, "Pro");
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  await page.getByRole("button", { name: "Manage payment" }).click();
  // Our own page has a button of that name too.
  await expect(page.getByRole("link", { name: "Return to AgathaAI" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel plan" }).click();
  await page.getByRole("link", { name: "Return to AgathaAI" }).click();
  await reloadUntil(page, "Canceled: stays until");
  await advanceUntil(context, email, ", canceled;");
  await reloadUntil(page, "No card needed");
  await expect(page.getByRole("button", { name: "Choose Pro" })).toBeVisible();
});

test("a double click and the back button open one checkout page", async ({ page }) => {
  await openBilling(page);
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("billing.checkout")) asked += 1;
  });
  await page.getByRole("button", { name: "Choose Pro" }).dblclick();
  await expect(page.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  expect(asked).toBe(1);
  const first = page.url();
  await page.goBack();
  await page.getByRole("button", { name: "Choose Pro" }).click();
  await expect(page.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  expect(page.url()).toBe(first);
  await page.getByRole("link", { name: "Back without paying" }).click();
  await expect(page.getByText("Nothing was paid")).toBeVisible();
});

test("a page restored from the browser's cache has its buttons ready again", async ({ page }) => {
  await openBilling(page);
  await page.route("**/c/pay/*", (route) => route.fulfill({ status: 204 }));
  await page.getByRole("button", { name: "Choose Pro" }).click();
  await expect(page.getByRole("button", { name: "Choose Pro" })).toBeDisabled();
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(page.getByRole("button", { name: "Choose Pro" })).toBeEnabled();
});

test("a failed renewal shows a banner, sends an email, keeps the plan for seven days, and is repaired by another card", async ({
  page,
  context,
}) => {
  const { email } = await openBilling(page);
  await choose(page, "Pro", /0341/);
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  await advanceUntil(context, email, "past_due");
  await reloadUntil(page, "Your last payment failed");
  await emailedLink(email, /Your payment failed/);
  await checkPage(page);
  await page.getByRole("button", { name: "Update payment" }).click();
  await page.getByLabel(/4242: pays/).check();
  await page.getByRole("button", { name: "Save card" }).click();
  // The open invoice is paid with it at once, when the webhook has told of the card.
  await reloadUntil(page, "Renews on");
});

test("an upgrade with a declined card is refused and changes nothing", async ({ page }) => {
  await openBilling(page);
  await choose(page, "Pro", /0341/);
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  await page.getByRole("button", { name: "Upgrade to Plus" }).click();
  await page.getByRole("button", { name: "Pay $70.00 and upgrade" }).click();
  await expect(page.getByRole("alert")).toContainText("The card was declined");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Renews on")).toBeVisible();
  await expect(page.getByRole("button", { name: "Upgrade to Plus" })).toBeVisible();
});

test("a spending cap is set, changed and removed, and overage is turned on and off", async ({ page }) => {
  await openBilling(page);
  await expect(page.getByText("On Pro and Plus, overage lets them continue")).toBeVisible();
  await page.getByRole("button", { name: "Set cap" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("US dollars per month").fill("a lot");
  await dialog.getByRole("button", { name: "Set cap" }).click();
  await expect(dialog.getByText("Enter dollars and cents in digits")).toBeVisible();
  await dialog.getByLabel("US dollars per month").fill("99,50");
  await dialog.getByRole("button", { name: "Set cap" }).click();
  await expect(dialog.getByText("Use a dot for cents")).toBeVisible();
  await checkPage(page);
  await dialog.getByLabel("US dollars per month").fill("$1,250.50");
  await expect(dialog.getByText("$1,250.50 per calendar month (UTC)")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("of $1,250.50")).toBeVisible();

  await choose(page, "Pro");
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  await page.getByRole("button", { name: "Turn on overage" }).click();
  const confirm = page.getByRole("alertdialog");
  await expect(confirm).toContainText("When this month’s 1,000,000 tokens are used, requests continue");
  await expect(confirm).toContainText("Your cap of $1,250.50 per month limits it");
  await checkPage(page);
  await confirm.getByRole("button", { name: "Turn on overage" }).click();
  await expect(page.getByRole("heading", { name: "Overage on" })).toBeVisible();
  await page.getByRole("button", { name: "Upgrade to Plus" }).click();
  await expect(page.getByRole("button", { name: "Pay $70.00 and upgrade" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Overage on" })).toBeVisible();
  await page.getByRole("button", { name: "Turn off overage" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Turn off overage" }).click();
  await expect(page.getByRole("button", { name: "Turn on overage" })).toBeVisible();

  await page.getByRole("button", { name: "Change cap" }).click();
  await page.getByRole("button", { name: "Remove cap" }).click();
  await expect(page.getByText("no cap set")).toBeVisible();
});

test("a bank's confirmation, at an upgrade and at a renewal, is one button away", { tag: "@long" }, async ({
  page,
  context,
}) => {
  test.slow();
  const { email } = await openBilling(page);
  await choose(page, "Pro");
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  await page.getByRole("button", { name: "Manage payment" }).click();
  await page.getByLabel(/3155: must be confirmed/).check();
  await page.getByRole("button", { name: "Save card" }).click();
  await page.getByRole("link", { name: "Return to AgathaAI" }).click();

  await page.getByRole("button", { name: "Upgrade to Plus" }).click();
  await page.getByRole("button", { name: "Pay $70.00 and upgrade" }).click();
  await expect(page.getByText("Your bank wants you to confirm this payment", { exact: true })).toBeVisible();
  await checkPage(page);
  await page.getByRole("link", { name: "Confirm payment" }).click();
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await reloadUntil(page, "Move to Pro");
  await expect(page.getByText("Your bank wants you to confirm a payment")).toBeHidden();

  await advanceUntil(context, email, "past_due");
  await reloadUntil(page, "Your bank wants you to confirm a payment");
  await emailedLink(email, /bank asks you to confirm a payment/);
  await page.getByRole("link", { name: "Confirm payment" }).click();
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await reloadUntil(page, "Renews on");
});

test("a refund pauses the plan, is shown to the customer, and stays in the console until an operator has reviewed it", {
  tag: "@long",
}, async ({ page, context }) => {
  const { orgId } = await openBilling(page);
  await choose(page, "Pro");
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  const panel = await context.newPage();
  await panel.goto(panelUrl());
  // The newest invoice: nobody pays but the tests of this file.
  await panel.getByRole("button", { name: "Refund" }).first().click();
  await reloadUntil(page, "Your plan is paused: a payment was returned");
  await checkPage(page);

  await context.clearCookies();
  await page.goto("about:blank");
  await signInAsOperator(page);
  await page.goto("/admin/billing");
  const refund = page
    .getByRole("row")
    .filter({ has: page.locator(`a[href="/admin/organizations/${orgId}"]`) });
  await expect(refund).toContainText("$29.00");
  await checkPage(page);
  await refund.getByRole("button", { name: "Mark as handled" }).click();
  await expect(refund).toHaveCount(0);
});
