import { type Page, test } from "@playwright/test";
import { makeCustomer, signIn } from "../portal/support/customer";
import { signInAsOperator } from "../portal/support/operator-login";
import { nowhere, pages, pathOf, type SitePage, type World } from "../portal/support/pages";
import { settle } from "../portal/support/settle";
import { makeConsole, makeWorld } from "../portal/support/world";

const sizes = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
];

async function take(page: Page, list: readonly SitePage[], world: World): Promise<void> {
  for (const one of list) {
    await page.goto(pathOf(one, world));
    await settle(page);
    await picture(page, one.name);
  }
}

/** The page as it stands, wide and on a phone, light and dark. */
async function picture(page: Page, name: string): Promise<void> {
  for (const { name: size, ...viewport } of sizes) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // A chart draws itself again for the new size.
      await page.waitForTimeout(300);
      await page.screenshot({
        path: `test-results/screenshots/${name}-${size}-${colorScheme}.png`,
        fullPage: true,
      });
    }
  }
}

test("screenshots show every public page", async ({ page }) => {
  await take(page, [...pages.public, ...pages.auth], nowhere);
});

test("screenshots show a new organization", async ({ page, request }) => {
  await signIn(page, await makeCustomer(request));
  const empty = pages.portal.filter(({ path }) => typeof path === "string" && !path.includes("?"));
  await take(
    page,
    empty.map((one) => ({ ...one, name: `${one.name}-empty` })),
    nowhere,
  );
});

test("screenshots show an organization with usage", async ({ page, request }) => {
  const world = await makeWorld(request);
  await signIn(page, world.customer);
  await take(page, pages.portal, world);
  await page.goto("/overview");
  await settle(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Jump to" }).waitFor();
  await picture(page, "palette");
});

test("screenshots show the operator console", async ({ page, request }) => {
  const world = { ...nowhere, ...(await makeConsole(page, await makeCustomer(request))) };
  await signInAsOperator(page);
  await take(page, pages.operator, world);
});

test("screenshots show failed loads and what does not exist yet", async ({ page, request }) => {
  await signIn(page, await makeCustomer(request));
  await page.route("**/api/trpc/usage.get**", (route) => route.abort());
  await page.goto("/usage");
  await page.getByText("Couldn’t load your usage").waitFor({ timeout: 30_000 });
  await picture(page, "usage-error");
  await page.route("**/api/trpc/**", () => {});
  for (const path of ["/overview", "/usage", "/requests"]) {
    await page.goto(path);
    await page.getByRole("status").first().waitFor();
    await picture(page, `${path.slice(1)}-loading`);
  }
});
