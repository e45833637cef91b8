import { expect, test } from "@playwright/test";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn } from "../support/customer";
import { emailedLink } from "../support/mailbox";

/** A link as it was emailed, at the address of this run. */
const pathOf = (link: string) => {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
};

test("a new email is confirmed from its mailbox, and undone from the old one", async ({ page, request }) => {
  const customer = await makeVerifiedCustomer(request);
  const email = `new.${customer.email}`;
  await signIn(page, customer);
  await page.goto("/settings");
  const section = page.getByRole("region", { name: "Profile" });
  await section.getByRole("button", { name: "Change email" }).click();
  const dialog = page.getByRole("dialog", { name: "Change email" });
  await dialog.getByLabel("New email").fill(customer.email);
  await dialog.getByRole("button", { name: "Send link" }).click();
  await expect(dialog.getByText(/This is your email already/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("New email").fill(email);
  await dialog.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByText("Link sent", { exact: true })).toBeVisible();
  await expect(section.getByText(customer.email)).toBeVisible();

  await page.goto(pathOf(await emailedLink(email, /confirm your new email/i)));
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Confirm email" }).click();
  await expect(page.getByRole("heading", { name: "Your email is changed" })).toBeVisible();
  await expect(page.getByText(email)).toBeVisible();
  await page.goto("/settings");
  await expect(section.getByText(email)).toBeVisible();

  await page.goto(pathOf(await emailedLink(customer.email, /your email was changed/i)));
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Undo change" }).click();
  await expect(page.getByRole("heading", { name: "Your earlier email is back" })).toBeVisible();
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/undo-email?token=none");
  await page.getByRole("button", { name: "Undo change" }).click();
  await expect(page.getByText(/This link has been used/)).toBeVisible();
});
