import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { violations } from "../support/check-page";
import { signInAsCustomer } from "../support/customer";
import { emailedLink } from "../support/mailbox";

test("an account is erased, its session ends, and the certificate is downloaded by the emailed link", async ({
  page,
}, info) => {
  test.setTimeout(180_000);
  const customer = await signInAsCustomer(page);
  await page.goto("/settings#erase-account");
  await page
    .getByRole("region", { name: "Erase account" })
    .getByRole("button", { name: "Erase account" })
    .click();
  const dialog = page.getByRole("alertdialog", { name: "Erase your account?" });
  const confirm = dialog.getByRole("button", { name: "Erase account" });
  await expect(confirm).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath("dialog.png") });
  await dialog.getByRole("textbox").fill(customer.email);
  await confirm.click();
  await expect(page).toHaveURL(/\/erased#/);
  await expect(page.getByText("No one can read what it encrypted.")).toBeVisible();
  expect(await violations(page)).toEqual([]);

  // The job certifies within a minute.
  await page.goto(await emailedLink(customer.email, /being erased/));
  const save = page.getByRole("button", { name: "Download certificate" });
  await expect(save).toBeVisible({ timeout: 100_000 });
  await page.screenshot({ path: info.outputPath("erased.png") });
  const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
  const certificate = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(certificate).toMatchObject({
    form: "agathaai-erasure-2",
    subject: "person",
    payment_provider: "none",
  });

  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in/);
});
