import { expect, type Page } from "@playwright/test";
import { type Customer, signInAsCustomer } from "./customer";

/** The page as it is when Stripe's message has come. */
export async function reloadUntil(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await page.goto("/billing");
    await expect(page.getByText(words).first()).toBeVisible({ timeout: 5_000 });
  }).toPass();
}

export async function choose(page: Page, plan: "Pro" | "Plus", card = /4242: pays/): Promise<void> {
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await page.getByLabel(card).check();
  await page.getByRole("button", { name: "Pay and subscribe" }).click();
}

export async function openBilling(page: Page): Promise<Customer> {
  const customer = await signInAsCustomer(page);
  await page.goto("/billing");
  return customer;
}
