import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn, signInAsCustomer } from "../support/customer";
import { emailedLink } from "../support/mailbox";

test("a person requests their data, and only they download it by the emailed link", async ({
  page,
  request,
  browser,
}, info) => {
  const customer = await signInAsCustomer(page);
  await page.goto("/settings#your-data");
  const section = page.getByRole("region", { name: "Your data" });
  await expect(section.getByText("No exports yet.")).toBeVisible();
  await section.getByRole("button", { name: "Request export" }).click();
  await expect(page.getByText("Export requested", { exact: true })).toBeVisible();
  await expect(section.getByText("Ready", { exact: true })).toBeVisible({ timeout: 30_000 });
  expect(await violations(page)).toEqual([]);
  await section.screenshot({ path: info.outputPath("section-ready.png") });

  const link = await emailedLink(customer.email, /Your export is ready/);
  await page.goto(link);
  await page.screenshot({ path: info.outputPath("export-ready.png") });
  expect(await violations(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download export" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^agathaai-person-.*\.zip$/);
  expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe("PK");

  await page.goto(link.replace(/#.*/, ""));
  await page.reload();
  await expect(page.getByText("This link is incomplete")).toBeVisible();

  const other = await makeVerifiedCustomer(request);
  const elsewhere = await browser.newPage();
  await signIn(elsewhere, other);
  await elsewhere.goto(link);
  await expect(elsewhere.getByRole("heading", { name: "Export not found" })).toBeVisible();
});

test("an organization’s data is exported by its owner, who cannot request a second file meanwhile", async ({
  page,
}) => {
  await signInAsCustomer(page);
  await page.goto("/settings#organization-data");
  const section = page.getByRole("region", { name: "Organization data" });
  const button = section.getByRole("button", { name: "Request export" });
  await button.click();
  await expect(button).toBeDisabled();
  await expect(section.getByText("Ready", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(button).toBeEnabled();
});
