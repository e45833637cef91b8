import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext } from "@playwright/test";

/** The stand-in's panel: time that passes on demand, and cards that fail when asked to. */
export function panelUrl(): string {
  const ports = JSON.parse(readFileSync(join(process.env.PORTAL_TEST_DATA_DIR ?? "", "ports.json"), "utf8"));
  return `http://localhost:${ports.stripe}/`;
}

/** Lets time pass until the panel says this of the customer's subscription; others here may renew before. */
export async function advanceUntil(context: BrowserContext, email: string, words: string): Promise<void> {
  const panel = await context.newPage();
  await panel.goto(panelUrl());
  const subscription = panel.locator(".card", { hasText: email });
  while (!(await subscription.innerText()).includes(words)) {
    await panel.getByRole("button", { name: "Advance to the next renewal" }).click();
  }
  await panel.close();
}
