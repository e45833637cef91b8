import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { signInAsCustomer } from "./support/customer";
import { giveEnterprise } from "./support/database";

test("an owner makes a custom role where the plan has them, changes it, deletes it, and takes the review", async ({
  page,
}) => {
  const owner = await signInAsCustomer(page);
  await page.goto("/team/roles");
  await expect(page.getByText("Custom roles are part of the Enterprise plan.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create role" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "See Enterprise" })).toBeVisible();

  await giveEnterprise(owner);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("button", { name: "Create role" })).toBeVisible({ timeout: 3_000 });
  }).toPass();

  await page.getByRole("button", { name: "Create role" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create role" }).click();
  await expect(dialog.getByText("Enter a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Bookkeeper");
  await dialog.getByLabel("Base").selectOption("billing");
  await dialog.getByRole("button", { name: "Create role" }).click();
  const list = page.getByRole("list", { name: "Roles of your organization" });
  await expect(list.getByText("Bookkeeper")).toBeVisible();
  await expect(list.getByText("base Billing")).toBeVisible();

  await page.getByRole("button", { name: "Edit Bookkeeper" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Accountant");
  await page.getByRole("dialog").getByRole("button", { name: "Save changes" }).click();
  await expect(list.getByText("Accountant")).toBeVisible();

  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({
      path: test.info().outputPath(`roles-${width}-${colorScheme}.png`),
      fullPage: true,
    });
  }
  await page.setViewportSize({ width: 1280, height: 900 });

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Access review" }).click();
  const file = await (await download).path();
  expect(await readFile(file, "utf8")).toContain(owner.email);

  await page.getByRole("button", { name: "Delete Accountant" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete role" }).click();
  await expect(page.getByText("No custom roles")).toBeVisible();
});
