import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { type Customer, signInAsCustomer } from "../support/customer";
import { giveEnterprise } from "../support/database";

let owner: Customer;

test.beforeEach(async ({ page }) => {
  owner = await signInAsCustomer(page);
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
  // By the API and here, under the header.
  await expect(rows).toHaveCount(3);

  await page
    .getByRole("button", { name: /^auth\.logged_in/ })
    .first()
    .click();
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
  expect(lines.map((line) => JSON.parse(line).action)).toEqual(["auth.logged_in", "auth.logged_in"]);

  await page.getByLabel("Outcome").selectOption("failed");
  await expect(page.getByText("No entries match these filters")).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("button", { name: /^data\.audit_exported/ })).toBeVisible();
});

test("a stream is set up, shown its secret once, tested, paused, resumed and removed", async ({ page }) => {
  await page.goto("/audit/stream");
  await expect(page.getByText("Your plan doesn’t include audit streams")).toBeVisible();
  await giveEnterprise(owner);
  const got: string[] = [];
  const receiver = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    got.push(body);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/siem`;
  await page.reload();
  await page.getByRole("button", { name: "Set up stream" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Receiver").selectOption("syslog");
  await expect(dialog.getByLabel("Certificate authority")).toBeVisible();
  await dialog.getByLabel("Receiver").selectOption("webhook");
  await dialog.getByLabel("URL").fill(url);
  await checkPage(page);
  await dialog.getByRole("button", { name: "Set up stream" }).click();
  await expect(dialog.getByRole("textbox", { name: "Signing secret" })).toHaveValue(/^whsec_/);
  await dialog.getByRole("button", { name: "I’ve saved this secret" }).click();
  await page.getByRole("button", { name: "Send test entry" }).click();
  await expect.poll(() => got.join(), { timeout: 20_000 }).toContain("audit.stream_tested");
  await expect(page.getByText("No entries", { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Active", { exact: true })).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove stream" }).click();
  await expect(page.getByText("No audit stream yet")).toBeVisible();
  receiver.close();
});

test("a log that can't be read says so", async ({ page }) => {
  await page.route("**/api/trpc/audit.list**", (route) => route.fulfill({ status: 500, body: "no" }));
  await page.goto("/audit");
  await expect(page.getByText("Couldn’t load the audit log")).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});
