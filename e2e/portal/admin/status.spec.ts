import { expect, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { makeCustomer, signIn } from "../support/customer";
import { onDatabase } from "../support/database";
import { emailedLink, emailedText } from "../support/mailbox";
import { openAsOperator } from "../support/operator-login";

// Each page is looked at four times over.
test.describe.configure({ timeout: 240_000 });

test.afterAll(async () => {
  // An open incident is above every page of the portal, also in tests of other files, which run beside these.
  await onDatabase((client) => client.query("DELETE FROM status_notices"));
});

test("an operator publishes an incident; everyone sees it, in the portal too; it is resolved and stays in the past", async ({
  page,
  browser,
}) => {
  const operator = await openAsOperator(browser);
  await operator.goto("/admin/status");
  await expect(operator.getByText("No incidents yet")).toBeVisible();
  await operator.getByRole("button", { name: "Publish incident" }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Slow responses from one provider");
  await dialog.getByRole("checkbox", { name: "openai" }).check();
  await dialog.getByRole("button", { name: "Publish incident" }).click();
  await expect(dialog.getByText("Replace what stands in brackets")).toBeVisible();
  await checkPage(operator);
  await dialog.getByLabel("Text").fill("Calls to OpenAI take up to 40 seconds since 10:40 UTC.");
  await dialog.getByRole("button", { name: "Publish incident" }).click();
  await expect(operator.getByRole("cell", { name: "Slow responses from one provider P2" })).toBeVisible();
  await checkPage(operator);

  await expect
    .poll(async () => (await (await page.request.get("/api/status")).json()).measurements.incidents.length, {
      timeout: 20_000,
    })
    .toBe(1);
  await page.goto("/status");
  await expect(page.getByRole("heading", { name: "Slow responses from one provider" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^OpenAI: / })).toBeVisible();
  await checkPage(page);
  const feed = await page.request.get("/api/status/feed");
  expect(feed.headers()["content-type"]).toBe("application/atom+xml; charset=utf-8");
  expect(await feed.text()).toContain("<title>Investigating: Slow responses from one provider</title>");

  const customer = await makeCustomer(page.request);
  await signIn(page, customer);
  const banner = page.getByRole("complementary", { name: "Service status" });
  await expect(banner).toContainText("Incident: Slow responses from one provider");
  await checkPage(page);
  await banner.getByRole("link", { name: "View status" }).click();
  await expect(page).toHaveURL(/\/status$/);

  await operator.getByRole("button", { name: /^Post update to/ }).click();
  await dialog.getByLabel("State").selectOption("resolved");
  await dialog.getByLabel("Text").fill("Fixed since 11:20 UTC. Nothing failed.");
  await checkPage(operator);
  await dialog.getByRole("button", { name: "Post update" }).click();
  await expect(operator.getByText("Resolved", { exact: true })).toBeVisible();
  await expect(async () => {
    await page.goto("/status");
    await expect(page.getByRole("region", { name: "Past incidents and maintenance" })).toContainText(
      "Fixed since 11:20 UTC.",
      { timeout: 1_000 },
    );
  }).toPass({ timeout: 30_000 });
});

test("maintenance is announced ahead with its window", async ({ page, browser }) => {
  const operator = await openAsOperator(browser);
  await operator.goto("/admin/status");
  await operator.getByRole("button", { name: "Announce maintenance" }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Database upgrade");
  await dialog.getByRole("checkbox", { name: "api" }).check();
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel("Begins (UTC)").fill(`${day}T04:00`);
  await dialog.getByLabel("Ends (UTC)").fill(`${day}T02:00`);
  await dialog.getByLabel("Text").fill("We upgrade the database. Calls go on.");
  await dialog.getByRole("button", { name: "Announce maintenance" }).click();
  await expect(dialog.getByText("The window must end after it begins")).toBeVisible();
  await dialog.getByLabel("Ends (UTC)").fill(`${day}T06:00`);
  await checkPage(operator);
  await dialog.getByRole("button", { name: "Announce maintenance" }).click();
  await expect(operator.getByText("Scheduled")).toBeVisible();
  await expect(async () => {
    await page.goto("/status");
    await expect(page.getByRole("region", { name: "Maintenance", exact: true })).toContainText(
      "Database upgrade",
      { timeout: 1_000 },
    );
  }).toPass({ timeout: 30_000 });
});

test("anybody subscribes by a confirmed email, and unsubscribes by the link in it", async ({ page }) => {
  const email = `reader.${Date.now()}@example.com`;
  await page.goto("/status");
  await page.getByRole("link", { name: "email", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Get status updates" })).toBeVisible();
  await page.getByLabel("Email", { exact: true }).fill(email);
  await checkPage(page);
  await page.getByRole("button", { name: "Subscribe" }).click();
  await expect(page.getByRole("heading", { name: "Check your email" })).toBeVisible();
  await checkPage(page);
  await page.goto(await emailedLink(email, /^Confirm your subscription/));
  await page.getByRole("button", { name: "Confirm subscription" }).click();
  await expect(page.getByRole("heading", { name: "You’re subscribed" })).toBeVisible();
  await onDatabase((client) =>
    client.query(`
      WITH notice AS (
        INSERT INTO status_notices (id, kind, title, severity, components, state, starts_at, created_by, created_at)
        SELECT gen_random_uuid(), 'incident', 'Emails come late', 'P3', '{email}', 'monitoring', now(), id, now()
        FROM users LIMIT 1 RETURNING *)
      INSERT INTO status_updates (id, notice_id, state, text, created_by, created_at)
      SELECT gen_random_uuid(), id, state, 'They come again since 10:00 UTC.', created_by, now() FROM notice`),
  );
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const text = await emailedText(email, /^Monitoring: Emails come late/);
        link = text?.match(/https?:\/\/\S+\/status\/unsubscribe\S+/)?.[0];
        return link;
      },
      { timeout: 60_000 },
    )
    .toBeTruthy();
  await page.goto(link ?? "");
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await expect(page.getByRole("heading", { name: "You’re unsubscribed" })).toBeVisible();
  await checkPage(page);
});
