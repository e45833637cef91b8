import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import {
  type Customer,
  complete,
  makeCustomer,
  makeKey,
  signIn,
  signInAsCustomer,
} from "../support/customer";
import { emailedLink } from "../support/mailbox";

const run = promisify(execFile);
let customer: Customer;

test.beforeEach(async ({ page }) => {
  customer = await signInAsCustomer(page);
});

const dialog = (page: Page) => page.getByRole("dialog");

/** The secret that is shown, this once. */
async function storeSecret(page: Page): Promise<string> {
  const field = page.getByLabel("Your new key");
  await expect(field).toBeVisible();
  const secret = await field.inputValue();
  await page.getByRole("button", { name: "I’ve saved this key" }).click();
  await expect(field).toHaveCount(0);
  return secret;
}

test("a restricted key is made, used, changed, rotated and revoked", async ({ page, request }) => {
  await page.goto("/keys");
  await page.getByRole("button", { name: "Create key" }).click();
  const form = dialog(page);
  await form.getByRole("button", { name: "Create key" }).click();
  await expect(form.getByText("Enter a name.")).toBeVisible();
  await form.getByLabel("Name").fill("Checkout service");
  await form.getByRole("radio", { name: /^Live/ }).check();
  await form.getByRole("radio", { name: /^Restricted/ }).check();
  await form
    .getByRole("group", { name: "Usage: access" })
    .getByRole("radio", { name: "Read" })
    .check({ force: true });
  await form.getByText("Limits and cache: cap, rate, expiry, IP addresses, models").click();
  await form.getByLabel("Monthly cap").fill("a lot");
  await form.getByLabel("Requests per minute").fill("60");
  await form.getByLabel("IP addresses").fill("127.0.0.1, ::1\n300.1.1.1\nlocalhost");
  await form.getByLabel("Expires").selectOption({ label: "On a date…" });
  await form.getByRole("button", { name: "Create key" }).click();
  await expect(form.getByText("Enter dollars and cents in digits")).toBeVisible();
  await expect(form.getByText("Line 2: 300.1.1.1 isn’t an IP address or CIDR range.")).toBeVisible();
  await expect(form.getByText("Line 3: localhost isn’t an IP address or CIDR range.")).toBeVisible();
  await expect(form.getByText("Choose a day.")).toBeVisible();
  await checkPage(page);
  await form.getByLabel("Monthly cap").fill("25");
  await form.getByLabel("IP addresses").fill("127.0.0.1\n::1");
  await form.getByLabel("Last day").fill("2099-01-31");
  await form.getByLabel("Response cache").selectOption({ label: "1 hour" });
  await form.getByRole("checkbox", { name: "gpt-4o", exact: true }).check();
  await form.getByRole("button", { name: "Create key" }).click();

  // Ready to paste: each snippet holds this very key and a model that it may call.
  await expect(page.getByLabel("Your new key")).toBeVisible();
  const shown = await page.getByLabel("Your new key").inputValue();
  expect(shown).toMatch(/^agt_live_/);
  for (const language of ["Node.js", "Python", "curl"]) {
    await page.getByRole("tab", { name: language }).click();
    const code = page.getByRole("tabpanel");
    await expect(code).toContainText(shown);
    await expect(code).toContainText("gpt-4o");
  }
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Your new key"), "a slip does not lose the key").toBeVisible();
  const secret = await storeSecret(page);
  await complete(request, secret);

  await page.reload();
  const row = page.getByRole("row", { name: /Checkout service/ });
  await expect(row.getByText("of $25.00").last()).toBeVisible();
  await expect(row.getByText("1 request")).toBeVisible();
  await expect(row.getByText("60 requests/min · 2 IP ranges")).toBeVisible();
  await checkPage(page);

  await row.getByRole("link", { name: "Checkout service", exact: true }).click();
  await expect(page).toHaveURL(/\/keys\/key_/);
  await expect(
    page.getByRole("region", { name: "This month" }).getByText("of its cap of $25.00"),
  ).toBeVisible();
  const limits = page.getByRole("region", { name: "Limits" });
  await expect(limits.getByText("127.0.0.1/32")).toBeVisible();
  await expect(limits.getByText("gpt-4o")).toBeVisible();
  await expect(limits.getByText("1 hour")).toBeVisible();
  await expect(page.getByText("Ada Lovelace").last()).toBeVisible();
  await checkPage(page);

  await page.getByRole("button", { name: "Change key" }).click();
  await expect(dialog(page).getByLabel("Monthly cap")).toHaveValue("25");
  await dialog(page).getByLabel("Monthly cap").fill("");
  await dialog(page).getByLabel("IP addresses").fill("203.0.113.7");
  await dialog(page).getByLabel("Response cache").selectOption({ label: "Off unless a request asks" });
  await checkPage(page);
  await dialog(page).getByRole("button", { name: "Change key" }).click();
  await expect(limits.getByText("None", { exact: true })).toBeVisible();
  await expect(limits.getByText("Off unless a request asks")).toBeVisible();
  await expect(limits.getByText("203.0.113.7/32")).toBeVisible();
  const refused = await request.get("/api/v1/models", { headers: { authorization: `Bearer ${secret}` } });
  expect((await refused.json()).error.code).toBe("ip_not_allowed");

  await page.getByRole("button", { name: "Rotate key" }).click();
  await dialog(page)
    .getByRole("radio", { name: /^1 hour/ })
    .check();
  await dialog(page).getByRole("button", { name: "Rotate now" }).click();
  const next = await storeSecret(page);
  expect(next).not.toBe(secret);
  await expect(page.getByText("rotating")).toBeVisible();
  await expect(page.getByRole("button", { name: "Change key" })).toHaveCount(0);
  await page.getByText("Replaced by").locator("xpath=following-sibling::dd").getByRole("link").click();
  await expect(page.getByText("Replaces")).toBeVisible();

  await page.getByRole("button", { name: "Revoke key" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question.getByRole("button", { name: "Revoke key" })).toBeDisabled();
  await question.getByLabel("Type Checkout service to confirm").fill("Checkout service");
  await question.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText("revoked", { exact: true })).toBeVisible();
  const gone = await request.get("/api/v1/models", { headers: { authorization: `Bearer ${next}` } });
  expect((await gone.json()).error.code).toBe("api_key_revoked");
});

test("a new key that only reads is shown with a call that it can make, which works as pasted", async ({
  page,
}) => {
  await page.goto("/keys?create");
  await dialog(page).getByLabel("Name").fill("Dashboards");
  await dialog(page)
    .getByRole("radio", { name: /^Read only/ })
    .check();
  await dialog(page).getByRole("button", { name: "Create key" }).click();
  await expect(page.getByRole("heading", { name: "Try this key" })).toBeVisible();
  const curl = await page.getByRole("tabpanel").locator("code").innerText();
  const { stdout } = await run("sh", ["-c", curl]);
  expect(JSON.parse(stdout)).toMatchObject({ name: "Dashboards", environment: "test" });
});

test("a key is made, changed and revoked by keyboard alone", async ({ page }) => {
  await page.goto("/keys?create");
  await expect(dialog(page).getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Night shift");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Your new key")).toBeVisible();
  await page.getByRole("button", { name: "I’ve saved this key" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/keys$/);

  const actions = page.getByRole("button", { name: "Actions for Night shift" });
  await actions.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByLabel("Name")).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type(" two");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Night shift two", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Actions for Night shift two" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Revoke" })).toBeFocused();
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog");
  await expect(question).toBeVisible();
  // For a few milliseconds the menu that closes still takes Escape.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(question).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  await page.getByRole("button", { name: "Actions for Night shift two" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Revoke" })).toBeFocused();
  await page.keyboard.press("Enter");
  await question.getByLabel("Type Night shift two to confirm").focus();
  await page.keyboard.type("Night shift two");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Night shift two revoked", { exact: true })).toBeVisible();
});

test("an unverified account is offered test keys, and an unknown key says that it is", async ({
  page,
  request,
}) => {
  const newcomer = await makeCustomer(request);
  // Away first: a portal that is open leads to sign-in by itself once its session is gone.
  await page.goto("about:blank");
  await page.context().clearCookies();
  await signIn(page, newcomer);
  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Create your first key" }).click();
  await expect(dialog(page).getByRole("radio", { name: /^Live/ })).toBeDisabled();
  await page.goto("/keys/key_01m844dwt2e7xshsqpzrgk79p6");
  await expect(page.getByRole("heading", { name: "Key not found" })).toBeVisible();
  const { id } = await makeKey(request, customer, { environment: "test" });
  await page.goto(`/keys/${id}`);
  await expect(page.getByRole("heading", { name: "Key not found" }), "another tenant's").toBeVisible();
});

test("a key made by another browser is told by mail, with a link to it", async ({ browser }) => {
  const elsewhere = await browser.newPage({
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  });
  await signIn(elsewhere, customer);
  await elsewhere.goto("/keys?create");
  await dialog(elsewhere).getByLabel("Name").fill("Elsewhere");
  await dialog(elsewhere).getByRole("button", { name: "Create key" }).click();
  await storeSecret(elsewhere);
  await elsewhere.goto(await emailedLink(customer.email, /from a new device or network/));
  await expect(elsewhere.getByRole("heading", { name: /Elsewhere/ })).toBeVisible();
  await elsewhere.close();
});
