import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { checkPage } from "./support/check-page";
import { complete, makeCustomer, makeKey, makeVerifiedCustomer, signIn } from "./support/customer";

test("usage is charted and tabled by model and key, its address keeps every choice, and it saves as CSV", async ({
  page,
  request,
}) => {
  const customer = await makeVerifiedCustomer(request);
  const laptop = await makeKey(request, customer, { environment: "live", name: "=Laptop" });
  const server = await makeKey(request, customer, { environment: "live", name: "Server" });
  await complete(request, laptop.secret);
  await complete(request, laptop.secret, { model: "gpt-3.5-turbo" });
  await complete(request, server.secret);

  await signIn(page, customer);
  await page.goto("/usage");
  const chart = page.getByRole("application");
  await expect(chart).toBeVisible();
  await expect(page.locator(".recharts-bar-rectangle path").first()).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "gpt-3.5-turbo" })).toContainText("%");
  await checkPage(page);

  // The keyboard reads the bars: the last one is today.
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  for (let step = 0; step < 30; step += 1) await page.keyboard.press("ArrowRight");
  const tooltip = page.locator(".recharts-tooltip-wrapper");
  await expect(tooltip).toContainText("Total");
  await expect(tooltip).toContainText("gpt-4o");

  await page.getByRole("group", { name: "Measure" }).getByText("Requests").click();
  await expect(page).toHaveURL(/\?metric=requests$/);
  await page.getByLabel("Group").selectOption("api_key");
  await expect(page).toHaveURL(/\?group=api_key&metric=requests$/);
  await page.getByLabel("Time", { exact: true }).selectOption("7d");
  await expect(page).toHaveURL(/\?range=7d&group=api_key&metric=requests$/);
  await page.getByTitle("Table").click();
  await expect(page).toHaveURL(/\?range=7d&group=api_key&metric=requests&view=table$/);
  const table = page.getByRole("table", { name: /^Requests by day, by key/ });
  await expect(table.getByRole("row")).toHaveCount(1 + 7 + 1);
  await expect(table.getByRole("row").nth(1)).toContainText("21");
  await expect(table.getByRole("columnheader", { name: "=Laptop" })).toBeVisible();
  await expect(table.getByRole("row").last()).toContainText("3");
  await checkPage(page);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file).toContain("start,group_id,group,requests");
  expect(file).toContain("'=Laptop");
  expect(file).toContain("Server");
  await page.route("**/usage/export**", (route) =>
    route.fulfill({
      status: 503,
      json: {
        error: { message: "Try again in a minute.", code: "service_unavailable", request_id: "req_1" },
      },
    }),
  );
  await page.getByRole("button", { name: "CSV" }).click();
  await expect(page.getByText("Export failed", { exact: true })).toBeVisible();
  await expect(page.getByText("Try again in a minute.", { exact: true })).toBeVisible();

  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(1 + 7 + 1);
  await page.goBack();
  await expect(page).toHaveURL(/\?range=7d&group=api_key&metric=requests$/);
  await expect(chart).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\?group=api_key&metric=requests$/);
  await expect(page.getByLabel("Time", { exact: true })).toHaveValue("30d");

  // One model alone, and out again.
  await page.goto("/usage");
  await page.getByRole("button", { name: "gpt-3.5-turbo" }).click();
  await expect(page).toHaveURL(/model=gpt-3\.5-turbo/);
  await expect(page.getByRole("rowheader", { name: "=Laptop" })).toBeVisible();
  await expect(page.getByRole("rowheader", { name: "Server" })).toBeHidden();
  await page.getByRole("button", { name: "Remove filter Model gpt-3.5-turbo" }).click();
  await expect(page).not.toHaveURL(/model=/);
});

test("usage is told apart by endpoint, with the classes of its tokens", async ({ page, request }) => {
  const customer = await makeVerifiedCustomer(request);
  const { secret } = await makeKey(request, customer, { environment: "live", name: "Server" });
  await complete(request, secret);
  const chat = await request.post("/v1/chat/completions", {
    headers: { authorization: `Bearer ${secret}` },
    data: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 20 },
  });
  expect(chat.ok()).toBe(true);
  await signIn(page, customer);
  await page.goto("/usage?group=endpoint&metric=requests");
  await expect(page.getByRole("rowheader", { name: "Queue" })).toBeVisible();
  await page.getByRole("button", { name: "Chat completions" }).click();
  await expect(page).toHaveURL(/endpoint=%2Fv1%2Fchat%2Fcompletions|endpoint=\/v1\/chat\/completions/);
  await expect(page.getByLabel("Endpoint")).toHaveValue("/v1/chat/completions");
  await expect(page.getByRole("region", { name: "Tokens by class" })).toContainText("Cache writes");
  await checkPage(page);
  await page.getByRole("button", { name: "Remove filter Chat completions" }).click();
  await expect(page).not.toHaveURL(/endpoint=/);
  await page.getByLabel("Endpoint").selectOption("/v1/embeddings");
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
});

test("usage without requests says what to do, a custom range is kept, and a failure can be tried again", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  await page.goto("/usage");
  await expect(page.getByRole("heading", { name: "No live requests in this period" })).toBeVisible();
  await checkPage(page);

  await page.getByLabel("Time", { exact: true }).selectOption("custom");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First day").fill("2026-03-02");
  await dialog.getByLabel("Last day").fill("2026-03-01");
  await dialog.getByRole("button", { name: "Show range" }).click();
  await expect(dialog.getByText("The last day is before the first.")).toBeVisible();
  await dialog.getByLabel("Last day").fill("2026-03-31");
  await dialog.getByRole("button", { name: "Show range" }).click();
  await expect(page).toHaveURL(/range=custom&from=2026-03-02&to=2026-03-31/);
  await expect(page.getByText("Mar 2 – Mar 31, 2026, UTC")).toBeVisible();

  let broken = true;
  await page.route("**/api/trpc/usage.get**", (route) => (broken ? route.abort() : route.continue()));
  await page.goto("/usage?range=7d");
  await expect(page.getByText("Couldn’t load your usage")).toBeVisible({ timeout: 30_000 });
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "No live requests in this period" })).toBeVisible();
});
