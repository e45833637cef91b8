import { expect, type Page } from "@playwright/test";

/** Waits until what comes after the page has come: lists, charts, the skeletons' end. */
export async function settle(page: Page): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: /^Loading/ })).toHaveCount(0, { timeout: 60_000 });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
