import { expect, test } from "@playwright/test";
import { checkPage } from "./support/check-page";
import { complete, makeCustomer, makeKey, makeVerifiedCustomer, signIn } from "./support/customer";

const IN_TWO_DAYS = 2 * 24 * 3_600_000;

test("the overview leads a new customer to the first call, notices it by itself, and then hides the steps", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  const steps = page.getByRole("heading", { name: "First steps" });
  await expect(steps).toBeVisible();
  await expect(page.getByText("0 of 3 done")).toBeVisible();
  await expect(page.getByRole("img", { name: "0 of 100,000 tokens used this month" })).toBeVisible();
  await expect(page.getByText("No requests yet").first()).toBeVisible();
  await checkPage(page);

  const { secret } = await makeKey(request, customer, { environment: "test" });
  await expect(page.getByText("1 of 3 done")).toBeVisible();
  const { id } = await complete(request, secret);

  await expect(page.getByText("Your first request completed")).toBeVisible();
  await expect(steps).toBeHidden();
  await expect(page.getByRole("link", { name: new RegExp(id) })).toBeVisible();

  await page.reload();
  await expect(page.getByRole("heading", { name: "Recent requests" })).toBeVisible();
  await expect(page.getByText("Your first request completed")).toBeHidden();
  await expect(steps).toBeHidden();
});

test("the overview shows this month's quota, spend and latency, and a key that is about to expire", async ({
  page,
  request,
}) => {
  const customer = await makeVerifiedCustomer(request);
  const { secret } = await makeKey(request, customer, {
    environment: "live",
    name: "Old laptop",
    expires_at: new Date(Date.now() + IN_TWO_DAYS).toISOString(),
  });
  await complete(request, secret);
  await complete(request, secret, { model: "gpt-3.5-turbo" });

  await signIn(page, customer);
  await expect(page.getByText("The key Old laptop expires in 2 days")).toBeVisible();
  const figure = (name: string) =>
    page.getByRole("listitem").filter({ has: page.getByRole("link", { name }) });
  await expect(figure("Requests today")).toContainText("2");
  await expect(figure("Model cost this month")).toContainText(/\$0\.\d+/);
  await expect(figure("Error rate")).toContainText("0%");
  await expect(figure("Latency")).toContainText(/\d+ (ms|s)/);
  await expect(page.getByRole("img", { name: /^[1-9]\d* of 100,000 tokens used this month/ })).toBeVisible();
  await expect(page.getByText(/On track for about/)).toBeVisible();
  await checkPage(page);

  await figure("Requests today").getByRole("link").click();
  await expect(page).toHaveURL(/\/usage\?range=24h&metric=requests/);
});

test("an overview that cannot be loaded says so, and loads again on request", async ({ page, request }) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  let broken = true;
  await page.route("**/api/trpc/overview.get**", (route) => (broken ? route.abort() : route.continue()));
  await page.reload();
  await expect(page.getByText("Couldn’t load the overview")).toBeVisible({ timeout: 30_000 });
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Tokens this month")).toBeVisible();
});
