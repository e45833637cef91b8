import { expect, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { makeCustomer, makeKey, makeVerifiedCustomer, signIn, signInAsCustomer } from "../support/customer";
import { emailedLink } from "../support/mailbox";
import { makeOperator, openAsOperator } from "../support/operator-login";

// Each page is looked at four times over.
test.describe.configure({ timeout: 240_000 });

test("the console stays closed to an operator without a second factor, and says what opens it", async ({
  page,
}) => {
  await signIn(page, await makeOperator(page));
  await page.goto("/admin");
  await expect(page.getByRole("heading", { name: "Add a second factor" })).toBeVisible();
  await expect(page.getByRole("table")).toHaveCount(0);
  await checkPage(page);
  await page.getByRole("link", { name: "Go to Settings" }).click();
  await expect(page).toHaveURL(/\/settings#security$/);
});

/** A day that lies ahead, as a date field takes it. */
const inThirtyDays = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

test("an operator finds an organization, overrides its plan with a reason and an end, and ends the override; the customer sees it", async ({
  page,
  browser,
}) => {
  const customer = await signInAsCustomer(page);

  const operator = await openAsOperator(browser);
  await operator.getByRole("link", { name: "Operator" }).click();
  await expect(operator.getByRole("heading", { name: "Organizations", level: 1 })).toBeVisible();
  await expect(operator.getByRole("row")).not.toHaveCount(1);
  await checkPage(operator);
  await operator.getByLabel("Organization ID or member’s email").fill("Ada");
  await operator.getByRole("button", { name: "Search", exact: true }).click();
  await expect(operator.getByText("Search by an organization’s ID")).toBeVisible();
  await operator.getByLabel("Organization ID or member’s email").fill(customer.email);
  await operator.getByRole("button", { name: "Search", exact: true }).click();
  await expect(operator.getByText("1 organization found")).toBeVisible();
  expect(operator.url()).not.toContain("example.com");
  await operator.getByRole("link", { name: /Ada Lovelace/ }).click();
  await expect(operator.getByText("Current plan")).toBeVisible();

  await operator.getByRole("button", { name: "Override plan" }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Requests per minute").fill("many");
  await dialog.getByLabel("Reason").fill("Agreed by email in November");
  await dialog.getByRole("button", { name: "Override plan" }).click();
  await expect(dialog.getByText("Enter a whole number")).toBeVisible();
  await dialog.getByLabel("Requests per minute").fill("20,000");
  await dialog.getByLabel("Tokens per month").fill("50,000,000");
  await dialog.getByLabel("Price per month").fill("99,50");
  await dialog.getByRole("button", { name: "Override plan" }).click();
  await expect(dialog.getByText("Use a dot for cents")).toBeVisible();
  await dialog.getByLabel("Price per month").fill("2,500");
  await expect(dialog.getByText("$2,500.00 per month")).toBeVisible();
  await dialog.getByLabel("Last day").fill(inThirtyDays());
  await checkPage(operator);
  await dialog.getByRole("button", { name: "Override plan" }).click();
  await expect(operator.getByText("Agreed by email in November").first()).toBeVisible();
  await expect(operator.getByText("$2,500.00 per month")).toBeVisible();
  await expect(operator.getByText("org.plan_overridden")).toBeVisible();
  await checkPage(operator);

  await page.goto("/billing");
  await expect(page.getByText("$2,500.00 per month, invoiced")).toBeVisible();
  await expect(page.getByText(/Agreed with us through .* with 20,000 requests per minute/)).toBeVisible();
  await expect(page.getByText("of 50,000,000")).toBeVisible();
  await expect(page.getByRole("button", { name: /Choose|Upgrade/ })).toHaveCount(0);
  await checkPage(page);

  await operator.getByRole("button", { name: "End override" }).click();
  await operator.getByRole("alertdialog").getByRole("button", { name: "End override" }).click();
  await expect(operator.getByRole("heading", { name: "Earlier overrides" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("No card needed.")).toBeVisible();
});

test("a model that is switched off is refused and shown as unavailable, and answers again once it is on", async ({
  page,
  browser,
}) => {
  // A model that no other test calls meanwhile.
  const model = "gpt-4.1-mini";
  const customer = await makeVerifiedCustomer(page.request);
  const { secret } = await makeKey(page.request, customer, { environment: "live" });
  const ask = async () =>
    page.request.post("/api/v1/inference", {
      headers: { authorization: `Bearer ${secret}` },
      data: { model, prompt: "Why does an agate have bands?" },
    });
  const operator = await openAsOperator(browser);
  await operator.goto("/admin/models");
  const turn = async (to: "off" | "on") => {
    await operator.getByRole("button", { name: `Turn ${to} ${model}` }).click();
    const dialog = operator.getByRole("alertdialog");
    await dialog.getByLabel("Reason").fill("Its provider is down");
    await dialog.getByRole("button", { name: `Turn ${to} model` }).click();
    await expect(dialog).toBeHidden();
  };
  await turn("off");
  await expect(operator.getByText("Its provider is down")).toBeVisible();
  await checkPage(operator);
  await expect.poll(async () => (await ask()).status(), { timeout: 6_000 }).toBe(503);
  const refused = await ask();
  expect(refused.headers()["x-should-retry"]).toBe("false");
  expect((await refused.json()).error).toMatchObject({ code: "model_unavailable", param: "model" });
  await page.goto("/pricing");
  await expect(page.getByText("turned off").first()).toBeVisible();
  await turn("on");
  await expect.poll(async () => (await ask()).status(), { timeout: 6_000 }).toBe(202);
});

test("anybody can send an inquiry; an operator reads it, answers it, and starts an override from it", async ({
  page,
  browser,
}) => {
  const customer = await makeVerifiedCustomer(page.request);
  await page.goto("/pricing");
  await page.getByRole("link", { name: "Talk to us", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Enterprise", level: 1 })).toBeVisible();
  await checkPage(page);
  const company = `Nanoseconds ${customer.email.slice(0, 8)}`;
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("Company").fill(company);
  await page.getByLabel("Email").fill(customer.email);
  await page.getByLabel("Expected tokens per month").selectOption("100m_1b");
  await page.getByLabel("What you need").fill("A queue of our own,\nand invoices.");
  await page.getByRole("button", { name: "Send inquiry" }).click();
  await expect(page.getByRole("heading", { name: "We received your inquiry" })).toBeFocused();
  await checkPage(page);
  await emailedLink(customer.email, /received your inquiry/);

  const operator = await openAsOperator(browser);
  // The mail to our team says nothing of who asked; other tests ask as well.
  await operator.goto("/admin/inquiries");
  await operator.getByRole("link", { name: company }).click();
  await operator.waitForURL(/\/admin\/inquiries\/inq_/);
  const opened = new URL(operator.url());
  await emailedLink("support@agathaai.com", /New Enterprise inquiry/, opened.pathname);
  await expect(operator.getByText("and invoices.")).toBeVisible();
  await checkPage(operator);
  await operator.getByRole("button", { name: `Search for ${customer.email}` }).click();
  await operator.getByRole("link", { name: "Override plan" }).click();
  const dialog = operator.getByRole("dialog");
  await expect(dialog.getByLabel("Tokens per month")).toHaveValue("1,000,000,000");
  await expect(dialog.getByLabel("Reason")).toHaveValue(/Agreed after inquiry inq_/);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await operator.goto(opened.pathname);
  await operator.getByRole("button", { name: "Mark as handled" }).click();
  await expect(operator.getByText("handled", { exact: true })).toBeVisible();
  await operator.goto("/admin/inquiries");
  await expect(operator.getByText(company)).toHaveCount(0);
  await operator.getByText("All", { exact: true }).click();
  await expect(operator.getByText(company)).toBeVisible();
  await checkPage(operator);
});

test("operators see the queues and each other's actions, and nobody else does", async ({ page, browser }) => {
  const operator = await openAsOperator(browser);
  await operator.goto("/admin/queues");
  await expect(operator.getByRole("cell", { name: "Dead letters" })).toBeVisible();
  await checkPage(operator);
  await operator.goto("/admin/audit");
  // The first entry of all; operators of other tests have been at work since.
  const granted = operator.getByText("operator.granted").first();
  await expect(async () => {
    if (!(await granted.isVisible()))
      await operator.getByRole("button", { name: "Show more" }).click({ timeout: 2_000 });
    await expect(granted).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await checkPage(operator);

  const customer = await makeCustomer(page.request);
  await signIn(page, customer);
  await expect(page.getByRole("link", { name: "Billing" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Operator" })).toHaveCount(0);
  for (const path of ["/admin", "/admin/queues", "/admin/models", "/admin/audit", "/admin/inquiries"]) {
    await page.goto(path);
    await expect(page.getByText("Page not found")).toBeVisible();
  }
  const refused = await page.request.get("/api/trpc/operators.queues", {
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(refused.status()).toBe(403);
});
