import { expect, type Page, test } from "@playwright/test";
import { signIn } from "../support/customer";
import { signInAsOperator } from "../support/operator-login";
import { nowhere, pages, pathOf, type SitePage, type World } from "../support/pages";
import { settle } from "../support/settle";
import { makeConsole, makeWorld } from "../support/world";

const widths = [320, 390, 640, 768, 900, 1024, 1180, 1440] as const;

/** At eight widths, on a busy machine. */
const MS_A_PAGE = 30_000;

/** No page is wider than its window. */
async function expectToFit(page: Page, list: readonly SitePage[], world: World): Promise<void> {
  for (const one of list) {
    await page.goto(pathOf(one, world));
    await settle(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(excess, `${one.name} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
}

for (const one of [...pages.public, ...pages.auth]) {
  test(`${one.name}, a page for anyone, does not scroll sideways, at any width from 320 px on`, async ({
    page,
  }) => {
    await expectToFit(page, [one], nowhere);
  });
}

test("no page of the portal scrolls sideways, at any width from 320 px on", async ({ page, request }) => {
  test.setTimeout((pages.portal.length + 1) * MS_A_PAGE);
  const { customer, ...world } = await makeWorld(request);
  await signIn(page, customer);
  await expectToFit(page, pages.portal, world);
});

test("no page of the operator console scrolls sideways, at any width from 320 px on", async ({
  page,
  request,
}) => {
  test.setTimeout((pages.operator.length + 1) * MS_A_PAGE);
  const { customer, ...world } = await makeWorld(request);
  const inquiry = await makeConsole(page, customer);
  await signInAsOperator(page);
  await expectToFit(page, pages.operator, { ...world, ...inquiry });
});

test("a phone has the public pages in a menu, by touch and by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/");
  const main = page.getByRole("navigation", { name: "Main" });
  const pricing = main.getByRole("link", { name: "Pricing" });
  await expect(pricing).toBeHidden();
  await main.getByRole("button", { name: "Menu" }).click();
  await expect(pricing).toBeVisible();
  await expect(main.getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(pricing).toBeHidden();

  await main.getByRole("button", { name: "Menu" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(main.getByRole("link", { name: "Models" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pricing$/);
  await expect(pricing).toBeHidden();
});
