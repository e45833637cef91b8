import { expect, type Page, test } from "@playwright/test";
import { violations } from "./support/check-page";
import { emailedLink, emailedText } from "./support/mailbox";

const password = "bands of calm agate 7";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
let email = "";
let nth = 0;

test.beforeEach(async ({ page }) => {
  nth += 1;
  email = `ada-settings-${Date.now()}-${nth}@example.com`;
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/(keys|overview)/);
});

async function signIn(page: Page, secret: string) {
  await page.goto("/sign-in");
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("name and organization are changed, and the shell shows them at once", async ({ page }) => {
  await page.goto("/settings");
  const profile = page.getByRole("region", { name: "Profile" });
  await profile.getByLabel("Name").fill("");
  await profile.getByLabel("Name").press("Enter");
  await expect(profile.getByText("Enter a name.")).toBeVisible();
  await profile.getByLabel("Name").fill("Ada King");
  await profile.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Name changed", { exact: true })).toBeVisible();
  await expect(page.getByRole("banner").getByText("Ada King", { exact: true })).toBeVisible();
  const organization = page.getByRole("region", { name: "Organization" });
  await organization.getByLabel("Organization name").fill("Analytical Engines");
  await organization.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Organization renamed to Analytical Engines", { exact: true })).toBeVisible();
  await page.reload();
  await expect(profile.getByLabel("Name")).toHaveValue("Ada King");
  await expect(organization.getByLabel("Organization name")).toHaveValue("Analytical Engines");
});

test("a password is changed by who knows it; other browsers are signed out and the owner is told", async ({
  page,
  browser,
}) => {
  const elsewhere = await browser.newPage({ userAgent: firefox });
  await signIn(elsewhere, password);
  await expect(elsewhere).toHaveURL(/\/(keys|overview)/);

  await page.goto("/settings");
  const form = page.getByRole("region", { name: "Password" });
  const next = "seven quiet bands of stone";
  await form.getByLabel("Current password").fill("not my password");
  await form.getByLabel("New password").fill("short");
  await form.getByRole("button", { name: "Change password" }).click();
  await expect(form.getByText("The password doesn’t meet the rules yet.")).toBeVisible();
  await form.getByLabel("New password").fill(next);
  await form.getByRole("button", { name: "Change password" }).click();
  await expect(form.getByText(/The current password is wrong/)).toBeVisible();
  await expect(page, "a wrong guess signs nobody out").toHaveURL(/\/settings/);
  await form.getByLabel("Current password").fill(password);
  await form.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed", { exact: true })).toBeVisible();
  await expect(form.getByLabel("Current password")).toHaveValue("");

  await elsewhere.goto("/settings");
  await expect(elsewhere).toHaveURL(/\/sign-in\?next=%2Fsettings/);
  await signIn(elsewhere, next);
  await expect(elsewhere).toHaveURL(/\/(keys|overview)/);
  await elsewhere.close();
  expect(await emailedLink(email, /password was changed/)).toContain("/sign-in");
});

test("sessions show where one is signed in; one is revoked after a question, then all others", async ({
  page,
  browser,
  request,
}) => {
  const elsewhere = await browser.newPage({ userAgent: firefox });
  await signIn(elsewhere, password);
  await expect(elsewhere).toHaveURL(/\/(keys|overview)/);
  // Away first: a portal that is open leads to sign-in by itself once its session is gone.
  await elsewhere.goto("about:blank");
  const signedIn = await request.post("/api/v1/auth/login", {
    data: { email, password },
    headers: { "user-agent": "curl/8.14.1" },
  });
  const { access_token } = await signedIn.json();
  const api = () =>
    request
      .get("/api/v1/me", { headers: { authorization: `Bearer ${access_token}` } })
      .then((r) => r.status());
  expect(await api()).toBe(200);

  await page.goto("/settings");
  const rows = page.getByRole("list", { name: "Your sessions" }).getByRole("listitem");
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: "this session" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "this session" }).getByRole("button")).toHaveCount(0);

  await page.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: "Sign out Firefox on Linux" }).press("Enter");
  await question.getByRole("button", { name: "Sign out" }).click();
  await expect(rows).toHaveCount(2);
  await elsewhere.goto("/keys");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await elsewhere.close();

  await page.getByRole("button", { name: "Sign out all others" }).click();
  await question.getByRole("button", { name: "Sign out all others" }).click();
  await expect(page.getByText("1 other session signed out", { exact: true })).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(page.getByText("You aren’t signed in anywhere else.")).toBeVisible();
  expect(await api()).toBe(401);
});

test("emails are chosen by kind and the choice is kept; those that cannot be muted are named", async ({
  page,
}) => {
  await page.goto("/settings#notifications");
  const section = page.getByRole("region", { name: "Notifications" });
  await expect(section.getByText(/failed-payment emails always arrive/)).toBeVisible();
  const usage = section.getByRole("checkbox", { name: /^Usage/ });
  await expect(usage).toBeChecked();
  await usage.uncheck();
  await expect(section.getByRole("checkbox", { name: /^Payment receipts/ })).toBeEnabled();
  await section.getByRole("checkbox", { name: /^Payment receipts/ }).press("Space");
  await expect(section.getByRole("checkbox", { name: /^Payment receipts/ })).not.toBeChecked();
  await expect(usage).toBeEnabled();
  await page.reload();
  await expect(usage).not.toBeChecked();
  await expect(section.getByRole("checkbox", { name: /^Payment receipts/ })).not.toBeChecked();
  await expect(section.getByRole("checkbox", { name: /^Product/ })).toBeChecked();
});

test("an organization is deleted by typing its name and its owner is told; a personal one cannot be deleted", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(await emailedLink(email, /verify your/i));
  await page.getByRole("button", { name: "Verify email" }).click();
  await expect(page.getByRole("heading", { name: "Your email is verified" })).toBeVisible();
  await page.goto("/settings");
  const section = page.getByRole("region", { name: "Delete organization" });
  await expect(section.getByText(/is a personal organization/)).toBeVisible();
  await expect(section.getByRole("button")).toHaveCount(0);

  await page.getByRole("button", { name: /Organization:/ }).click();
  await page.getByRole("menuitem", { name: "Create organization" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Agate Works");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await page.goto("/settings");
  await section.getByRole("button", { name: "Delete organization" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByLabel("Type Agate Works to confirm").fill("agate works");
  await expect(question.getByRole("button", { name: "Delete organization" })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await question.getByLabel("Type Agate Works to confirm").fill("Agate Works");
  await question.getByRole("button", { name: "Delete organization" }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(page.getByRole("button", { name: /Organization: Ada Lovelace’s organization/ })).toBeVisible();
  await page.getByRole("button", { name: /Organization:/ }).click();
  await expect(page.getByRole("menuitem", { name: "Agate Works" })).toHaveCount(0);
  await expect.poll(() => emailedText(email, /was deleted/)).toContain("Agate Works");
});

test("signing up leaves one session, and the theme chosen here stays", async ({ page }) => {
  await page.goto("/settings");
  await expect(page.getByRole("list", { name: "Your sessions" }).getByRole("listitem")).toHaveCount(1);
  await page.getByLabel("Dark").check();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByLabel("Dark")).toBeChecked();
});

test("the command palette goes to pages, runs actions and opens a request by its pasted id", async ({
  page,
}) => {
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  const search = page.getByRole("combobox", { name: "Jump to" });
  const palette = async (text: string) => {
    await page.keyboard.press("Control+k");
    await search.fill(text);
    await page.keyboard.press("Enter");
  };
  await palette("playgr");
  await expect(page).toHaveURL(/\/playground/);
  await palette("create");
  await expect(page.getByRole("dialog", { name: "Create key" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/keys$/);
  await palette("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await palette(' "inf_01m844dwt2etpt2njabpgm4770" ');
  await expect(page).toHaveURL(/\/requests\/inf_01m844dwt2etpt2njabpgm4770$/);
  await expect(page.getByRole("heading", { name: "Request not found" })).toBeVisible();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Requests" }).click();
  await expect(page).toHaveURL(/\/requests$/);
  await palette("sign out");
  await page.waitForURL((url) => url.pathname === "/");
  await page.goto("/keys");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("while providers are simulated a badge says so, and what it means", async ({ page }) => {
  await page.getByRole("button", { name: "Sandbox" }).first().click();
  await expect(
    page
      .getByRole("dialog", { name: "Sandbox" })
      .getByText(/a simulator answers for OpenAI, Google Gemini and DeepSeek/),
  ).toBeVisible();
});

test("a provider's refusal is explained on the sign-in page", async ({ browser }) => {
  const visitor = await browser.newPage();
  await visitor.goto("/sign-in?error=email_not_verified");
  await expect(visitor.getByRole("alert").filter({ hasText: /isn’t verified/ })).toBeVisible();
  await visitor.close();
});

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`settings and palette have no accessibility violations: ${theme}, ${width} px`, async ({
      page,
      context,
      baseURL,
    }, info) => {
      await context.addCookies([{ name: "theme", value: theme, url: baseURL ?? "" }]);
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/settings");
      await expect(page.getByRole("list", { name: "Your sessions" })).toBeVisible();
      await expect(page.getByLabel("Current password")).toBeVisible();
      await page.getByRole("button", { name: "Change password" }).click();
      await expect(page.getByText("Enter your current password.")).toBeVisible();
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, "the page scrolls sideways").toBeLessThanOrEqual(0);
      await page.screenshot({ path: info.outputPath(`settings-${theme}-${width}.png`), fullPage: true });
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: "Jump to" }).fill("inf_01m844dwt2etpt2njabpgm4770");
      await page.getByRole("combobox", { name: "Jump to" }).fill("");
      expect(await violations(page)).toEqual([]);
      await page.screenshot({ path: info.outputPath(`palette-${theme}-${width}.png`) });
    });
  }
}

test("an organization's own provider key is tested, added, rotated and deleted, and never shown", async ({
  page,
}) => {
  await page.goto("/settings");
  const section = page.getByRole("region", { name: "Provider keys" });
  await expect(section.getByText("No provider keys yet.")).toBeVisible();
  await section.getByRole("button", { name: "Add provider key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key").fill("sk-invalid-of-ada");
  await dialog.getByRole("button", { name: "Add provider key" }).click();
  await expect(dialog.getByText(/OpenAI refused this key/)).toBeVisible();
  await dialog.getByLabel("Key").fill("sk-proj-of-ada-1234");
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Add provider key" }).click();
  await expect(page.getByText("OpenAI key added", { exact: true })).toBeVisible();
  await expect(section.getByText("…1234")).toBeVisible();
  await section.getByRole("checkbox").check();
  await page.reload();
  await expect(section.getByRole("checkbox")).toBeChecked();
  expect(await page.content()).not.toContain("of-ada");

  await section.getByRole("button", { name: "Rotate OpenAI key ending in 1234" }).click();
  await dialog.getByLabel("Key").fill("sk-proj-of-ada-5678");
  await dialog.getByRole("button", { name: "Rotate key" }).click();
  await expect(section.getByText("…5678")).toBeVisible();
  await section.getByRole("button", { name: "Delete OpenAI key ending in 5678" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete key" }).click();
  await expect(section.getByText("No provider keys yet.")).toBeVisible();
});
