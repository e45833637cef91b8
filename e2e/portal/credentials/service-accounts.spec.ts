import { expect, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { signInAsCustomer } from "../support/customer";

test("a service account is created, gets a token, is rotated, disabled, enabled and deleted", async ({
  page,
  request,
}) => {
  await signInAsCustomer(page);
  await page.goto("/service-accounts");
  await expect(page.getByText("No service accounts yet")).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Create service account", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Nightly reports");
  await dialog.getByRole("radio", { name: /^Live/ }).check();
  await checkPage(page);
  await dialog.getByRole("button", { name: "Create service account" }).click();
  const secretField = dialog.getByRole("textbox", { name: "Client secret" });
  await expect(secretField).toHaveValue(/^agt_svc_[0-9A-Za-z]{38}$/);
  await checkPage(page);
  const secret = await secretField.inputValue();
  const id = (await dialog.locator("code").first().textContent()) ?? "";
  const exchange = (by: string) =>
    request.post("/oauth/token", {
      headers: { authorization: `Basic ${Buffer.from(`${id}:${by}`).toString("base64")}` },
      form: { grant_type: "client_credentials" },
    });
  const reply = await exchange(secret);
  expect(reply.status(), await reply.text()).toBe(200);
  const { access_token: token } = await reply.json();
  const models = await request.get("/v1/models", { headers: { authorization: `Bearer ${token}` } });
  expect(models.status()).toBe(200);
  await dialog.getByRole("button", { name: "I’ve saved this secret" }).click();

  const row = page.getByRole("list", { name: "Service accounts" }).getByRole("listitem");
  await expect(row).toContainText("Nightly reports");
  await row.getByRole("link", { name: "Nightly reports" }).click();
  await expect(page.getByRole("heading", { name: /Nightly reports/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Change limits" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Rotate key" })).toBeHidden();
  await page.goto("/service-accounts");

  await page.getByRole("button", { name: "Rotate the secret of Nightly reports" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("button", { name: "I’ve saved this secret" }).click();
  await expect(page.getByText("two secrets")).toBeVisible();
  await checkPage(page);

  await page.getByRole("button", { name: "Disable Nightly reports" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await expect(row.getByText("disabled", { exact: true })).toBeVisible();
  expect((await exchange(secret)).status()).toBe(401);
  await page.getByRole("button", { name: "Enable Nightly reports" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Enable" }).click();
  await expect(row.getByText("disabled", { exact: true })).toBeHidden();

  await page.getByRole("button", { name: "Delete Nightly reports" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete service account" }).click();
  await expect(page.getByText("No service accounts yet")).toBeVisible();
});
