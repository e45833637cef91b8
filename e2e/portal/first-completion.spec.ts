import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { z } from "zod";
import { emailedLink } from "./support/mailbox";

const run = promisify(execFile);
// Under the repository, so that the script finds OpenAI's SDK.
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const completionSchema = z.object({
  id: z.string(),
  choices: z.array(z.object({ message: z.object({ content: z.string().min(1) }) })).length(1),
  usage: z.object({ cost: z.number().positive() }),
});

test("a new customer signs up, verifies, makes a live key, calls with OpenAI’s SDK and curl as pasted, and sees the calls and their cost", async ({
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
  await expect(page).toHaveURL(/\/sign-up/);
  await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
  await page.getByLabel("Email", { exact: true }).fill(email);
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

  // The overview's snippets, as pasted: OpenAI's SDK, then curl.
  await page.goto("/overview");
  const quickStart = page.getByText("Quick start").locator("xpath=ancestor::*[.//*[@role='tablist']][1]");
  const script = join(root, "test-results", `first-completion-${Date.now()}.mjs`);
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, await quickStart.getByRole("tabpanel").locator("code").innerText());
  const env = { ...process.env, AGATHA_API_KEY: secret };
  const sdk = await run(process.execPath, [script], { env }).finally(() => rmSync(script));
  expect(sdk.stdout.trim().length).toBeGreaterThan(0);
  await expect(page.getByText("Your first request completed")).toBeVisible();

  await quickStart.getByRole("tab", { name: "curl" }).click();
  const curl = await quickStart.getByRole("tabpanel").locator("code").innerText();
  const { stdout } = await run("sh", ["-c", curl], { env });
  const completion = completionSchema.parse(JSON.parse(stdout));

  const receipt = await page.request.get(`${baseURL}/v1/generation?id=${completion.id}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(await receipt.json()).toMatchObject({
    status: "completed",
    endpoint: "/v1/chat/completions",
    cost_micros: Math.round(completion.usage.cost * 1_000_000),
  });
  await page.goto("/usage?range=24h&metric=requests");
  await expect(page.getByText(/\$0\.\d+/).first()).toBeVisible();
});
