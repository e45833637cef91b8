import type { Locator, Page } from "@playwright/test";

export const answerOf = (page: Page, model: string): Locator =>
  page.getByRole("region", { name: `Answer of ${model}`, exact: true });

export const question = (page: Page): Locator => page.getByLabel("User", { exact: true });

export async function choose(page: Page, model: string): Promise<void> {
  await page.getByLabel("Model", { exact: true }).selectOption(model);
}

export async function send(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send", exact: true }).click();
}
