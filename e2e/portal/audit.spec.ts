import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { checkPage } from "./support/check-page";
import { makeCustomer, signIn, verifyAddress } from "./support/customer";

test.beforeEach(async ({ page, request }) => {
  const customer = await makeCustomer(request);
  await verifyAddress(request, customer);
  await signIn(page, customer);
});

test("the log is filtered by its URL, an entry opens whole, and what is filtered is exported", async ({
  page,
}) => {
  await page.goto("/audit");
  const rows = page.getByRole("table", { name: "Audit log, newest first" }).getByRole("row");
  await expect(page.getByRole("button", { name: /^auth\.registered/ })).toBeVisible();
  await page.getByLabel("Action").selectOption("auth.logged_in");
  await expect(page).toHaveURL(/action=auth\.logged_in/);
  await expect(page.getByRole("button", { name: /^auth\.registered/ })).toHaveCount(0);
  await expect(rows).toHaveCount(2);

  await page.getByRole("button", { name: /^auth\.logged_in/ }).click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: "auth.logged_in" })).toBeVisible();
  await expect(drawer.getByText("Previous hash")).toBeVisible();
  await expect(page).toHaveURL(/entry=aud_/);
  await checkPage(page);
  await page.reload();
  await expect(drawer.getByText("Previous hash")).toBeVisible();
  await drawer.getByRole("button", { name: "Close" }).click();
  await expect(page).not.toHaveURL(/entry=/);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "JSON Lines" }).click(),
  ]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).action)).toEqual(["auth.logged_in"]);

  await page.getByLabel("Outcome").selectOption("failed");
  await expect(page.getByText("No entries match these filters")).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("button", { name: /^data\.audit_exported/ })).toBeVisible();
});

test("a log that can't be read says so", async ({ page }) => {
  await page.route("**/api/trpc/audit.list**", (route) => route.fulfill({ status: 500, body: "no" }));
  await page.goto("/audit");
  await expect(page.getByText("Couldn’t load the audit log")).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});
