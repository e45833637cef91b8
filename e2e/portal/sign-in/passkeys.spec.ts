import { expect, type Page, test } from "@playwright/test";
import { plugIn } from "../support/authenticator";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn } from "../support/customer";
import { forgetProofs } from "../support/database";
import { emailedText } from "../support/mailbox";

/** Forgets the session, once no page is left that renews its cookie. */
async function signOut(page: Page) {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

test("a passkey is added, signs in alone and as second factor, confirms a grave call, and is removed", async ({
  page,
  request,
}) => {
  const customer = await makeVerifiedCustomer(request);
  const device = await plugIn(page);
  await signIn(page, customer);

  await page.goto("/settings#passkeys");
  const section = page.getByRole("region", { name: "Passkeys" });
  await section.getByRole("button", { name: "Add passkey" }).click();
  const add = page.getByRole("dialog", { name: "Add passkey" });
  await add.getByRole("button", { name: "Continue" }).click();
  await expect(add.getByText("Enter a name.")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await add.getByLabel("Name").fill("Test laptop");
  await add.getByRole("button", { name: "Continue" }).click();
  const codes = page.getByRole("dialog", { name: "Save your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  await codes.getByRole("button", { name: "I’ve saved the codes" }).click();
  const row = section.getByRole("listitem").filter({ hasText: "Test laptop" });
  await expect(row.getByText(/not used yet/)).toBeVisible();
  expect(await device.credentials()).toHaveLength(1);
  expect(await violations(page)).toEqual([]);
  expect(await emailedText(customer.email, /a passkey was added/i)).toContain("recovery codes");

  // The same device makes no second one.
  await section.getByRole("button", { name: "Add passkey" }).click();
  await add.getByLabel("Name").fill("Again");
  await add.getByRole("button", { name: "Continue" }).click();
  await expect(add.getByText(/already has a passkey/)).toBeVisible();
  await add.getByRole("button", { name: "Cancel" }).click();

  await row.getByRole("button", { name: "Rename Test laptop" }).click();
  const rename = page.getByRole("dialog", { name: "Rename passkey" });
  await rename.getByLabel("Name").fill("Desk");
  await rename.getByRole("button", { name: "Rename passkey" }).click();
  await expect(section.getByText("Desk", { exact: true })).toBeVisible();

  // Signed out, the passkey alone signs in; not without a finger or PIN.
  await signOut(page);
  await page.goto("/sign-in?next=%2Fsettings");
  await device.verifies(false);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText(/No passkey was used/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await device.verifies(true);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/\/settings$/);

  // After a password it is the second factor.
  await signOut(page);
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(customer.email);
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Two-factor sign-in" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/overview$/);

  // A grave call asks again, and the passkey is the answer.
  await page.goto("/settings#passkeys");
  await forgetProofs(customer);
  await section.getByRole("button", { name: "Remove Desk" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove passkey" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await expect(proof.getByRole("button", { name: "Use a passkey" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await proof.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page.getByText("Passkey removed", { exact: true })).toBeVisible();
  await expect(section.getByText("No passkeys yet.")).toBeVisible();
  await expect
    .poll(() => emailedText(customer.email, /a passkey was removed/i))
    .toContain("last second factor");
});
