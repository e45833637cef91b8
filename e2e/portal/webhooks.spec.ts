import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { checkPage } from "./support/check-page";
import { signInAsCustomer } from "./support/customer";

let receiver: Server;
let url: string;
let answer = 200;
const got: { body: string; headers: Record<string, string> }[] = [];

test.beforeEach(async ({ page }) => {
  receiver = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    got.push({ body, headers: incoming.headers as Record<string, string> });
    response.writeHead(answer).end("noted");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
  await signInAsCustomer(page);
});
test.afterEach(() => {
  receiver.close();
});

test("an endpoint is added, tried, read, sent to again, rotated, disabled and deleted", async ({ page }) => {
  await page.goto("/webhooks");
  await expect(page.getByText("No endpoints yet")).toBeVisible();
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog.getByText("Enter the URL.")).toBeVisible();
  await dialog.getByLabel("URL").fill("ftp://example.org");
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog.getByText("must start with https://")).toBeVisible();
  await dialog.getByLabel("URL").fill(url);
  await dialog.getByLabel("Description").fill("Orders service");
  await dialog.getByRole("checkbox", { name: "key.revoked" }).check();
  await checkPage(page);
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  const secret = await dialog.getByRole("textbox", { name: "Signing secret" }).inputValue();
  await dialog.getByRole("button", { name: "I’ve saved this secret" }).click();

  await page.getByRole("link", { name: url }).click();
  await expect(page.getByText("Nothing sent yet")).toBeVisible();
  answer = 503;
  await page.getByRole("button", { name: "Send test event" }).click();
  await expect(page.getByText("responded 503").first()).toBeVisible();
  answer = 200;
  await expect(page.getByText("Delivered", { exact: true })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "webhook.test" }).click();
  await expect(page.getByRole("dialog").getByText("Attempt 2")).toBeVisible();
  await checkPage(page);
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await expect.poll(() => got.length, { timeout: 15_000 }).toBe(3);
  for (const { body, headers } of got) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
  expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);

  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate secret" }).click();
  expect(await page.getByRole("textbox", { name: "Signing secret" }).inputValue()).not.toBe(secret);
  await page.getByRole("button", { name: "I’ve saved this secret" }).click();
  await expect(page.getByText("Previous secret")).toBeVisible();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("button", { name: "Enable", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send test event" })).toHaveCount(0);
  await checkPage(page);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete endpoint" }).click();
  await expect(page.getByText("No endpoints yet")).toBeVisible();
});
