import { expect, type Page, test } from "@playwright/test";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn } from "../support/customer";
import { giveEnterprise } from "../support/database";
import { signInAsOperator } from "../support/operator-login";

const sizes = [["desktop", 1280, 900] as const, ["phone", 390, 844] as const];
const schemes = ["light", "dark"] as const;

/** In the page: once no animation runs that ends. */
async function settled(): Promise<void> {
  const ending = document
    .getAnimations()
    .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/** Looks at something at every size and in both schemes. */
async function look(page: Page, path: (name: string) => string, name: string): Promise<void> {
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, width, height] of sizes) {
      await page.setViewportSize({ width, height });
      // What fades in has no contrast yet.
      await page.evaluate(settled);
      await page.screenshot({ path: path(`${name}-${size}-${scheme}.png`), fullPage: true });
      expect(await violations(page)).toEqual([]);
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        ),
      ).toBe(true);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("an owner turns on HIPAA mode under the agreement, and off for a reason; operators see it", async ({
  page,
  request,
}, info) => {
  const at = (name: string) => info.outputPath(name);
  const customer = await makeVerifiedCustomer(request);
  await giveEnterprise(customer);
  await signIn(page, customer);

  // It fails to load, says so, and is there once tried again.
  let broken = true;
  await page.route("**/api/trpc/hipaa.get**", (route) => (broken ? route.abort() : route.continue()));
  await page.goto("/settings/data");
  const section = page.getByRole("region", { name: "HIPAA mode" });
  await expect(section.getByText("Couldn’t load the HIPAA mode")).toBeVisible({ timeout: 30_000 });
  await section.screenshot({ path: at("hipaa-error.png") });
  expect(await violations(page)).toEqual([]);
  broken = false;
  await section.getByRole("button", { name: "Try again" }).click();

  await expect(section.getByText("Off", { exact: true })).toBeVisible();
  await section.getByRole("button", { name: "Turn on HIPAA mode" }).click();
  const on = page.getByRole("alertdialog", { name: "Turn on HIPAA mode?" });
  const accept = on.getByRole("button", { name: "Turn on HIPAA mode" });
  await expect(accept).toBeDisabled();
  await look(page, at, "hipaa-dialog");
  await on.getByRole("checkbox").check();
  await accept.click();
  await expect(section.getByText("On", { exact: true })).toBeVisible();
  await expect(section.getByText("Requests go to OpenAI.", { exact: false })).toBeVisible();
  await expect(section.getByText(/Agreement version .* by /)).toBeVisible();
  // What it decides is shown, and nothing else can be chosen.
  await expect(page.getByLabel("Days in the history")).toHaveValue("0");
  await expect(page.getByText("HIPAA mode keeps nothing, so it can’t be changed.")).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Save retention" })).toHaveCount(0);
  await look(page, at, "hipaa-on");

  await section.getByRole("button", { name: "Turn off HIPAA mode" }).click();
  const off = page.getByRole("alertdialog", { name: "Turn off HIPAA mode?" });
  await expect(off.getByLabel("Reason")).toBeVisible();
  await look(page, at, "hipaa-off-dialog");
  await off.getByLabel("Reason").fill("The study ended");
  await off.getByRole("button", { name: "Turn off HIPAA mode" }).click();
  await expect(section.getByText("The study ended", { exact: false })).toBeVisible();
  await section.getByRole("button", { name: "Turn on HIPAA mode" }).click();
  await on.getByRole("checkbox").check();
  await accept.click();
  await expect(section.getByText("On", { exact: true })).toBeVisible();

  await page.goto("/baa");
  await expect(page.getByText("This is a template")).toBeVisible();
  await look(page, at, "baa");

  await page.context().clearCookies();
  await signInAsOperator(page);
  await page.goto(`/admin/organizations/${customer.orgId}`);
  await expect(page.getByText("HIPAA mode", { exact: true })).toBeVisible();
  await expect(page.getByText("under version", { exact: false })).toBeVisible();
  await page.screenshot({ path: at("console.png"), fullPage: true });
  expect(await violations(page)).toEqual([]);
});
