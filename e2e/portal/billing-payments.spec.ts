import { expect, test } from "@playwright/test";
import { choose, openBilling, reloadUntil } from "./support/billing-page";
import { checkPage } from "./support/check-page";
import { signIn } from "./support/customer";
import { emailedLink } from "./support/mailbox";
import { operatorLogin } from "./support/operator-login";
import { advanceUntil, panelUrl } from "./support/stripe-panel";

test("a renewal that fails: a banner and a mail, the plan for seven days, and back with another card", async ({
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

test("a card that stops paying: an upgrade is refused and nothing has changed", async ({ page }) => {
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

test("a cap that is set, changed and taken off; overage turned on and off", async ({ page }) => {
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

test("a bank that asks, at an upgrade and at a renewal, is a button away", { tag: "@long" }, async ({
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

test("money given back pauses the plan, says so, and waits in the console until somebody has looked", {
  tag: "@long",
}, async ({ page, context }) => {
  await openBilling(page);
  await choose(page, "Pro");
  await expect(page.getByText("You’re on Pro")).toBeVisible();
  const panel = await context.newPage();
  await panel.goto(panelUrl());
  await panel.getByRole("button", { name: "Refund" }).first().click();
  await reloadUntil(page, "Your plan is paused: a payment was returned");
  await checkPage(page);

  await context.clearCookies();
  await page.goto("about:blank");
  await signIn(page, operatorLogin());
  await page.goto("/admin/billing");
  const refund = page.getByRole("row", { name: /Refund/ }).first();
  await expect(refund).toContainText("$29.00");
  await checkPage(page);
  const waiting = await page.getByRole("button", { name: "Mark as handled" }).count();
  await refund.getByRole("button", { name: "Mark as handled" }).click();
  await expect(page.getByRole("button", { name: "Mark as handled" })).toHaveCount(waiting - 1);
});
