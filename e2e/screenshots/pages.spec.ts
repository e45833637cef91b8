import { type Page, test } from "@playwright/test";
import { complete, makeCustomer, makeKey, signIn, verifyAddress } from "../portal/customer";

const publicPages = ["/", "/pricing", "/docs", "/docs/limits", "/docs/errors", "/docs/api", "/status"];
const doors = ["/sign-in", "/sign-up", "/forgot-password", "/invite?token=none"];
const portalPages = [
  "/overview",
  "/playground",
  "/keys",
  "/requests",
  "/usage",
  "/billing",
  "/team",
  "/settings",
  "/nowhere",
];

const sizes = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
];

async function take(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    // Charts and lists come after the page; open connections of a polling page never go idle.
    await page.waitForLoadState("networkidle", { timeout: 8_000 }).catch(() => undefined);
    for (const { name, ...size } of sizes) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.waitForTimeout(300);
        const file = path === "/" ? "landing" : path.slice(1).replaceAll(/\W+/g, "-");
        await page.screenshot({
          path: `test-results/screenshots/${file}-${name}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
  }
}

test("public pages", async ({ page }) => {
  await take(page, [...publicPages, ...doors]);
});

test("portal pages", async ({ page, request }) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  await take(page, ["/overview"]);
  await page.screenshot({ path: "test-results/screenshots/overview-fresh.png", fullPage: true });
  await verifyAddress(request, customer);
  const laptop = await makeKey(request, customer, { environment: "live", name: "Laptop" });
  for (const model of ["gpt-4o", "gemini-pro", "deepseek-chat", "gpt-4o"]) {
    await complete(request, laptop.secret, { model });
  }
  await take(page, portalPages);
  await page.goto("/requests");
  await page.locator('a[href^="/requests/inf_"]').first().click();
  await page.waitForURL(/requests\/inf_/);
  await take(page, [new URL(page.url()).pathname]);
});
