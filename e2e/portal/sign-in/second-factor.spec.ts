import { expect, type Page, test } from "@playwright/test";
import { codeOf, STEP_MS } from "../../../infra/testing/authenticators/totp";
import { violations } from "../support/check-page";
import { type Customer, signInAsCustomer } from "../support/customer";
import { forgetProofs } from "../support/database";
import { emailedText } from "../support/mailbox";

/** Codes in the order in which they are used: each counts once, and none before the newest. */
const codesOf = (secret: string) => {
  let steps = -1;
  return () => codeOf(secret, new Date(Date.now() + STEP_MS * steps++));
};

async function typePassword(page: Page, { email, password }: Customer) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("an authenticator app is added, asked for at sign-in, and removed only by who has it", async ({
  page,
  browser,
}) => {
  const customer = await signInAsCustomer(page);
  await page.goto("/settings#security");
  await forgetProofs(customer);
  const section = page.getByRole("region", { name: "Two-factor sign-in" });

  // A proof is asked for first, and what was asked for then goes on by itself.
  await section.getByRole("button", { name: "Add authenticator app" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await proof.getByLabel("Password", { exact: true }).fill("not the password");
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(proof.getByText(/password is wrong/i)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await proof.getByLabel("Password", { exact: true }).fill(customer.password);
  await proof.getByRole("button", { name: "Confirm" }).click();

  const add = page.getByRole("dialog", { name: "Add authenticator app" });
  await expect(add.getByRole("img", { name: /QR code/ })).toBeVisible();
  const code = codesOf(await add.getByLabel("Secret of the authenticator app").inputValue());
  expect(await violations(page)).toEqual([]);
  await add.getByLabel("Code", { exact: true }).fill("000000");
  await add.getByRole("button", { name: "Add authenticator app" }).click();
  await expect(add.getByText(/code is wrong/i)).toBeVisible();
  await add.getByLabel("Code", { exact: true }).fill(code());
  await add.getByRole("button", { name: "Add authenticator app" }).click();

  const codes = page.getByRole("dialog", { name: "Save your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  expect(await violations(page)).toEqual([]);
  const recoveryCode = await codes.getByRole("listitem").first().innerText();
  await page.keyboard.press("Escape");
  await codes.getByRole("button", { name: "I’ve saved the codes" }).click();
  await expect(section.getByText(/10 recovery codes are left/)).toBeVisible();
  expect(await emailedText(customer.email, /two-factor sign-in was turned on/i)).toContain("recovery codes");

  // Elsewhere the password alone opens nothing.
  const elsewhere = await (await browser.newContext()).newPage();
  await typePassword(elsewhere, customer);
  await expect(elsewhere.getByRole("heading", { name: "Two-factor sign-in" })).toBeVisible();
  expect(await violations(elsewhere)).toEqual([]);
  await elsewhere.goto("/overview");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await typePassword(elsewhere, customer);
  await elsewhere.getByLabel("Code", { exact: true }).fill("000000");
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(elsewhere.getByText(/code is wrong/i)).toBeVisible();
  await elsewhere.getByLabel("Code", { exact: true }).fill(code());
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(elsewhere).toHaveURL(/\/overview$/);
  await elsewhere.context().close();

  // Removing it takes the factor itself; a lost phone is a recovery code.
  await forgetProofs(customer);
  await section.getByRole("button", { name: "Remove authenticator app" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove authenticator app" }).click();
  await proof.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText(/you didn’t confirm that it’s you/)).toBeVisible();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove authenticator app" }).click();
  await proof.getByLabel("Code", { exact: true }).fill(recoveryCode);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("Authenticator app removed", { exact: true })).toBeVisible();
  await expect(section.getByRole("button", { name: "Add authenticator app" })).toBeVisible();
  await emailedText(customer.email, /a recovery code was used/i);
  await emailedText(customer.email, /two-factor sign-in was turned off/i);
});
