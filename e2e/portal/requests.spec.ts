import { expect, test } from "@playwright/test";
import { checkPage } from "./support/check-page";
import { complete, makeCustomer, makeKey, signIn } from "./support/customer";

test("requests are found by model, key, time and metadata, and the address keeps the choice", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  const laptop = await makeKey(request, customer, { environment: "test", name: "Laptop" });
  const server = await makeKey(request, customer, { environment: "test", name: "Server" });
  const first = await complete(request, laptop.secret, { metadata: { order: "42" } });
  const second = await complete(request, server.secret, {
    model: "gpt-3.5-turbo",
    metadata: { order: "43" },
  });

  await signIn(page, customer);
  await page.goto("/requests");
  const row = (id: string) => page.getByRole("link", { name: new RegExp(id) });
  await expect(row(first.id)).toBeVisible();
  await expect(row(second.id)).toBeVisible();
  await checkPage(page);

  await page.getByLabel("Metadata").fill("order");
  await page.getByLabel("Metadata").press("Enter");
  await expect(page.getByText("Enter it as name=value")).toBeVisible();
  await page.getByLabel("Metadata").fill("order=42");
  await page.getByLabel("Metadata").press("Enter");
  await expect.poll(() => [...new URL(page.url()).searchParams]).toEqual([["metadata", "order=42"]]);
  await expect(row(first.id)).toBeVisible();
  await expect(row(second.id)).toBeHidden();

  await page.reload();
  await expect(row(first.id)).toBeVisible();
  await expect(row(second.id)).toBeHidden();
  await page.getByRole("button", { name: "Remove filter order" }).click();
  await expect(page).toHaveURL(/\/requests$/);
  await page.getByLabel("API key").selectOption(server.id);
  await expect(page).toHaveURL(new RegExp(`key=${server.id}$`));
  await page.getByLabel("Time").selectOption("1h");
  await expect(page).toHaveURL(new RegExp(`key=${server.id}&time=1h`));
  await expect(row(second.id)).toBeVisible();
  await expect(row(first.id)).toBeHidden();

  await page.goBack();
  await page.goBack();
  await expect(row(first.id)).toBeVisible();

  await page.getByLabel("Status").selectOption("failed");
  await expect(page.getByRole("heading", { name: "No requests match these filters" })).toBeVisible();
  await checkPage(page);
});

test("new requests wait above the list while the pointer is on it, and never move a row", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  const { secret } = await makeKey(request, customer, { environment: "test" });
  const first = await complete(request, secret);
  await signIn(page, customer);
  await page.goto("/requests");
  const link = page.getByRole("link", { name: new RegExp(first.id) });
  await link.hover();
  const before = await link.boundingBox();

  const second = await complete(request, secret, { model: "gpt-3.5-turbo" });
  const show = page.getByRole("button", { name: "Show 1 new" });
  await expect(show).toBeVisible({ timeout: 20_000 });
  expect(await link.boundingBox()).toEqual(before);
  await show.click();
  await expect(page.getByRole("link", { name: new RegExp(second.id) })).toBeVisible();
});

test("a deleted request is gone from the list, its page and the API at once", async ({ page, request }) => {
  const customer = await makeCustomer(request);
  const { secret } = await makeKey(request, customer, { environment: "test" });
  const first = await complete(request, secret);
  const second = await complete(request, secret, { model: "gpt-3.5-turbo" });
  const result = (id: string) =>
    request.get(`/api/v1/inference/${id}/result`, { headers: { authorization: `Bearer ${secret}` } });

  await signIn(page, customer);
  await page.goto("/requests");
  await page.getByRole("button", { name: `Delete request ${first.id}` }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("From now on no one can read its prompt, answer or metadata");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect((await result(first.id)).status()).toBe(200);
  await page.getByRole("button", { name: `Delete request ${first.id}` }).click();
  await dialog.getByRole("button", { name: "Delete request" }).click();
  // While the dialog is open, the list behind it has no roles: it would seem to be gone.
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: new RegExp(first.id) })).toBeHidden();
  expect((await result(first.id)).status()).toBe(404);

  await page.getByRole("link", { name: new RegExp(second.id) }).click();
  await expect(page.getByRole("heading", { name: "Answer" })).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Delete request", exact: true }).click();
  await dialog.getByRole("button", { name: "Delete request" }).click();
  await expect(page).toHaveURL(/\/requests$/);
  await expect(page.getByRole("heading", { name: "No requests yet" })).toBeVisible();
  expect((await result(second.id)).status()).toBe(404);

  await page.goto(`/requests/${second.id}`);
  await expect(page.getByRole("heading", { name: "Request not found" })).toBeVisible();
});
