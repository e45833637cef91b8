import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { makeCustomer, signIn } from "../support/customer";
import { signInAsOperator } from "../support/operator-login";
import { nowhere, pages, pathOf, type SitePage, type World } from "../support/pages";
import { settle } from "../support/settle";
import { makeConsole, makeWorld } from "../support/world";

const widths = [1440, 390] as const;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules whose result depends on the theme. The others are checked in one theme only. */
const OF_COLOR = ["color-contrast", "link-in-text-block"];

async function check(page: Page, list: readonly SitePage[], world: World): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const one of list) {
    await page.setViewportSize({ width: widths[0], height: 900 });
    await page.goto(pathOf(one, world));
    await settle(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const axe = new AxeBuilder({ page });
        const { violations } = await (colorScheme === "light"
          ? axe.withTags(TAGS).disableRules([...(one.excused ?? [])])
          : axe.withRules(OF_COLOR)
        ).analyze();
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
        );
        expect.soft(found, `${one.name}, ${width} px, ${colorScheme}`).toEqual([]);
      }
      const { overflow, moving, titled } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        moving: document.getAnimations().filter(({ playState }) => playState === "running").length,
        titled: document.querySelectorAll('h1:not([role]), [role="heading"][aria-level="1"]').length,
      }));
      expect.soft(overflow, `${one.name} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      expect.soft(moving, `${one.name} moves although less motion was asked for`).toBe(0);
      expect.soft(titled, `${one.name} has one first heading`).toBe(1);
    }
  }
}

/** A page is looked at four times over, on a busy machine for a good part of a minute. */
const MS_A_PAGE = 60_000;

for (const one of [...pages.public, ...pages.auth]) {
  test(`${one.name}, a page for anyone, is accessible in both themes, on a desk and on a phone`, async ({
    page,
  }) => {
    await check(page, [one], nowhere);
  });
}

test("every page of the portal is accessible in both themes, on a desk and on a phone", async ({
  page,
  request,
}) => {
  test.setTimeout((pages.portal.length + 1) * MS_A_PAGE);
  const world = await makeWorld(request);
  await signIn(page, world.customer);
  await check(page, pages.portal, world);
});

test("every page of the operator console is accessible in both themes, on a desk and on a phone", async ({
  page,
  request,
}) => {
  test.setTimeout((pages.operator.length + 1) * MS_A_PAGE);
  const world = { ...nowhere, ...(await makeConsole(page, await makeCustomer(request))) };
  await signInAsOperator(page);
  await check(page, pages.operator, world);
});
