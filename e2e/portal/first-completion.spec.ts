import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { z } from "zod";
import { emailedLink } from "./support/mailbox";

const run = promisify(execFile);
const resultSchema = z.object({
  id: z.string(),
  status: z.literal("completed"),
  output: z.object({ content: z.string().min(1) }),
  cost_micros: z.number().positive(),
});

test("a stranger signs up, verifies, makes a live key, calls with curl, and sees answer and cost", async ({
  page,
  baseURL,
}) => {
  const email = `ada-${Date.now()}@example.com`;
  const password = "bands of calm agate 7";

  await page.goto("/");
  await page
    .getByRole("link", { name: /create account|sign up|start free|get started/i })
    .first()
    .click();
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/(keys|overview)/);

  await page.goto(await emailedLink(email, /verify your/i));
  await page.getByRole("button", { name: "Verify email" }).click();
  await expect(page.getByRole("heading", { name: "Your email is verified" })).toBeVisible();

  await page.goto("/keys");
  await page
    .getByRole("button", { name: /create (your first )?key/i })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("laptop");
  await dialog.getByText("Live", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = await page.getByLabel("Your new key").inputValue();
  expect(secret).toMatch(/^agt_live_[0-9A-Za-z]{30,}$/);
  await page.getByRole("button", { name: "I’ve saved this key" }).click();
  await expect(page.getByRole("link", { name: "laptop", exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  const { stdout } = await run("curl", [
    "-sS",
    `${baseURL}/api/v1/inference`,
    "-H",
    `Authorization: Bearer ${secret}`,
    "-H",
    "Content-Type: application/json",
    "-H",
    "Prefer: wait=30",
    "-d",
    JSON.stringify({ model: "gpt-4o", prompt: "Why does an agate have bands?" }),
  ]);
  const result = resultSchema.parse(JSON.parse(stdout));

  await page.goto("/requests");
  await page
    .getByRole("link", { name: new RegExp(result.id.slice(0, 12)) })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(result.id));
  await expect(page.getByText(result.output.content.slice(0, 40)).first()).toBeVisible();
  await expect(page.getByText("Why does an agate have bands?").first()).toBeVisible();
  await expect(page.getByText(/\$0\.\d+/).first()).toBeVisible();
});
