import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { checkPage } from "./check-page";
import { makeCustomer, signIn, verifyAddress } from "./customer";
import { mailedLink } from "./mailbox";

/** The stand-in's panel: time that passes on demand, and cards that fail when asked to. */
function panelUrl(): string {
  const ports = JSON.parse(readFileSync(join(process.env.PORTAL_TEST_DATA_DIR ?? "", "ports.json"), "utf8"));
  return `http://localhost:${ports.stripe}/`;
}

/** Lets time pass until this customer's renewal has failed; other subscriptions here may renew before. */
async function failRenewal(context: BrowserContext, email: string): Promise<void> {
  const panel = await context.newPage();
  await panel.goto(panelUrl());
  const subscription = panel.locator(".card", { hasText: email });
  while (!(await subscription.innerText()).includes("past_due")) {
    await panel.getByRole("button", { name: "Advance to the next renewal" }).click();
  }
  await panel.close();
}

async function choose(page: Page, plan: "Pro" | "Plus", card = /4242: pays/): Promise<void> {
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await page.getByLabel(card).check();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
}

async function opened(page: Page): Promise<{ email: string }> {
  const customer = await makeCustomer(page.request);
  await verifyAddress(page.request, customer);
  await signIn(page, customer);
  await page.goto("/billing");
  return customer;
}

test("subscribe, go up, plan a smaller one, take it back, cancel and come back", async ({ page }) => {
  const { email } = await opened(page);
  await choose(page, "Pro", /0002: is declined/);
  await expect(page.getByRole("alert")).toContainText("declined");
  await page.getByLabel(/3155: must be confirmed/).check();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("You are on Pro")).toBeVisible();
  await mailedLink(email, /Receipt for \$29\.00/);
  await checkPage(page);

  await page.getByRole("button", { name: "Manage payment" }).click();
  await page.getByLabel(/4242: pays/).check();
  await page.getByRole("button", { name: "Save card" }).click();
  await page.getByRole("link", { name: "Return to AgathaAI" }).click();

  await page.getByRole("button", { name: "Upgrade to Plus" }).click();
  await page.getByRole("button", { name: "Pay $70.00 and upgrade" }).click();
  await expect(page.getByRole("button", { name: "Move to Pro" })).toBeVisible();

  await page.getByRole("button", { name: "Move to Pro" }).click();
  await page.getByRole("button", { name: "Change to Pro" }).click();
  await expect(page.getByText("Becomes Pro on")).toBeVisible();
  await page.getByRole("button", { name: "Keep Plus" }).click();
  await expect(page.getByText("Renews on")).toBeVisible();

  await page.getByRole("button", { name: "Cancel plan" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel plan" }).click();
  await expect(page.getByText("Canceled: stays until")).toBeVisible();
  await page.getByRole("button", { name: "Keep Plus" }).click();
  await expect(page.getByText("Renews on")).toBeVisible();
});

test("two tabs, and the page that was paid on opened again: one subscription", async ({ page, context }) => {
  await opened(page);
  const other = await context.newPage();
  await other.goto("/billing");
  await page.getByRole("button", { name: "Choose Pro" }).click();
  await expect(page.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  await other.getByRole("button", { name: "Choose Plus" }).click();
  await expect(other.getByRole("button", { name: "Pay and subscribe" })).toBeVisible();
  const paidOn = other.url();
  await other.getByRole("button", { name: "Pay and subscribe" }).click();
  await expect(other.getByText("You are on Plus")).toBeVisible();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
  await expect(page.getByText("This page has expired")).toBeVisible();
  await other.goto(paidOn);
  await expect(other.getByText("paid on already")).toBeVisible();
});

test("a tab closed after paying still gets the plan", async ({ page, context }) => {
  await opened(page);
  await page.route("**/billing?checkout=done", (route) => route.abort());
  await choose(page, "Pro");
  const later = await context.newPage();
  await expect(async () => {
    await later.goto("/billing");
    await expect(later.getByText("Renews on")).toBeVisible({ timeout: 5_000 });
  }).toPass();
});

test("a renewal that fails: a banner and a mail, the plan for seven days, and back with another card", async ({
  page,
  context,
}) => {
  const { email } = await opened(page);
  await choose(page, "Pro", /0341/);
  await expect(page.getByText("You are on Pro")).toBeVisible();
  await failRenewal(context, email);
  await expect(async () => {
    await page.goto("/billing");
    await expect(page.getByText("Your last payment failed")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await mailedLink(email, /Your payment failed/);
  await checkPage(page);
  await page.getByRole("button", { name: "Update payment" }).click();
  await page.getByLabel(/4242: pays/).check();
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page.getByText("Status: active")).toBeVisible();
  await expect(async () => {
    await page.goto("/billing");
    await expect(page.getByText("Renews on")).toBeVisible({ timeout: 5_000 });
  }).toPass();
});
