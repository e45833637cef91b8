import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { checkPage } from "./support/check-page";
import { emailedLink } from "./support/mailbox";

const password = "bands of calm agate 7";

async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).not.toHaveURL(/sign-up/);
}

async function newcomer(browser: Browser, name: string) {
  const page = await (await browser.newContext()).newPage();
  return { page, email: `${name.toLowerCase()}-${randomUUID()}@example.com` };
}

/** Signed up and verified in a browser of her own. */
async function verifiedOwner(browser: Browser) {
  const ada = await newcomer(browser, "Ada");
  await ada.page.goto("/sign-up");
  await signUp(ada.page, "Ada Lovelace", ada.email);
  await ada.page.goto(await emailedLink(ada.email, /verify your/i));
  await ada.page.getByRole("button", { name: "Verify email" }).click();
  await expect(ada.page.getByRole("heading", { name: "Your email is verified" })).toBeVisible();
  return ada;
}

test("an owner invites a stranger, who joins, gets another role, and is removed again", async ({
  browser,
}) => {
  const ada = await verifiedOwner(browser);

  const bob = await newcomer(browser, "Bob");
  await ada.page.goto("/team");
  await ada.page.getByRole("button", { name: "Invite member" }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByLabel("Email").fill(bob.email);
  await dialog.getByLabel("Role").selectOption("viewer");
  await dialog.getByRole("button", { name: "Invite member" }).click();
  await expect(ada.page.getByRole("table", { name: /invitations/i }).getByText(bob.email)).toBeVisible();

  await bob.page.goto(await emailedLink(bob.email, /invited/i));
  await expect(bob.page.getByText("Ada Lovelace", { exact: false }).first()).toBeVisible();
  await bob.page.getByRole("link", { name: "Create account to join" }).click();
  await signUp(bob.page, "Bob", bob.email);
  await bob.page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(bob.page).toHaveURL(/\/team/);
  await expect(bob.page.getByText(ada.email)).toBeVisible();
  // A viewer manages nobody.
  await expect(bob.page.getByRole("button", { name: "Invite member" })).toHaveCount(0);

  await ada.page.reload();
  await ada.page.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Change role" }).click();
  await ada.page.getByRole("dialog").getByLabel("Role").selectOption("admin");
  await ada.page.getByRole("dialog").getByRole("button", { name: "Change role" }).click();
  await expect(ada.page.getByRole("row", { name: /Bob/ }).getByText("Admin")).toBeVisible();

  for (const colorScheme of ["light", "dark"] as const) {
    await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of [1440, 390]) {
      await ada.page.setViewportSize({ width, height: 900 });
      const { violations } = await new AxeBuilder({ page: ada.page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    }
  }
  await ada.page.setViewportSize({ width: 1440, height: 900 });

  await ada.page.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Remove" }).click();
  await ada.page.getByRole("button", { name: "Remove member" }).click();
  await expect(ada.page.getByRole("row", { name: /Bob/ })).toHaveCount(0);

  // Bob is not signed out; he is back in his own organization.
  await bob.page.waitForTimeout(5_500);
  await bob.page.goto("/team");
  await expect(bob.page.getByText(bob.email)).toBeVisible();
  await expect(bob.page.getByText(ada.email)).toHaveCount(0);
});

test("a person makes a second organization and switches back", async ({ browser }) => {
  const { page, email } = await newcomer(browser, "Cy");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/sign-up");
  await signUp(page, "Cy", email);
  await page.goto(await emailedLink(email, /verify your/i));
  await page.getByRole("button", { name: "Verify email" }).click();
  await expect(page.getByRole("heading", { name: "Your email is verified" })).toBeVisible();
  await page.goto("/team");
  await page.getByRole("button", { name: /Organization:/ }).click();
  await page.getByRole("menuitem", { name: "Create organization" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Agate Works");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await page.getByRole("button", { name: /Organization: Agate Works/ }).click();
  await page.getByRole("menuitem", { name: /Cy’s organization/ }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(page.getByRole("button", { name: /Organization: Cy’s organization/ })).toBeVisible();
});

/** An owner with a verified address, and a member who joined by invitation. */
async function pair(browser: Browser, role: "developer" | "billing" | "viewer" | "admin") {
  const ada = await verifiedOwner(browser);
  await ada.page.goto("/team");
  await ada.page.getByRole("button", { name: "Invite member" }).click();
  const bob = await newcomer(browser, "Bob");
  await ada.page.getByRole("dialog").getByLabel("Email").fill(bob.email);
  await ada.page.getByRole("dialog").getByLabel("Role").selectOption(role);
  await ada.page.getByRole("button", { name: "Invite member" }).click();
  await bob.page.goto(await emailedLink(bob.email, /invited/i));
  await bob.page.getByRole("link", { name: "Create account to join" }).click();
  await signUp(bob.page, "Bob", bob.email);
  await bob.page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(bob.page).toHaveURL(/\/team/);
  await ada.page.reload();
  return { ada, bob };
}

test("an owner hands the organization over by typing its name; both are told, and roles follow", async ({
  browser,
}) => {
  const { ada, bob } = await pair(browser, "viewer");
  // Only an owner is offered to transfer ownership.
  await expect(bob.page.getByRole("button", { name: /^Actions for Ada/ })).toHaveCount(0);
  await ada.page.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Transfer ownership" }).click();
  const question = ada.page.getByRole("alertdialog");
  const name = "Ada Lovelace’s organization";
  await expect(question.getByRole("button", { name: "Transfer ownership" })).toBeDisabled();
  await question.getByLabel(`Type ${name} to confirm`).fill(name);
  await checkPage(ada.page);
  await question.getByRole("button", { name: "Transfer ownership" }).click();
  await expect(ada.page.getByRole("row", { name: /Bob/ }).getByText("Owner")).toBeVisible();
  await expect(ada.page.getByRole("row", { name: /Ada Lovelace/ }).getByText("Admin")).toBeVisible();
  expect(await emailedLink(bob.email, /now own an organization/)).toContain("/team");
  expect(await emailedLink(ada.email, /transferred an organization/)).toContain("/team");
  await bob.page.waitForTimeout(5_500);
  await bob.page.reload();
  await expect(bob.page.getByRole("button", { name: "Invite member" })).toBeVisible();
});

test("an owner decides on the keys a member created, when their role changes and when they are removed", async ({
  browser,
}) => {
  const { ada, bob } = await pair(browser, "developer");
  const origin = new URL(bob.page.url()).origin;
  for (const name of ["Nightly", "Weekly"]) {
    const made = await bob.page.request.post("/api/trpc/keys.create", {
      data: { name, environment: "test" },
      headers: { origin },
    });
    expect(made.status()).toBe(200);
  }
  await ada.page.reload();
  await ada.page.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Change role" }).click();
  const roles = ada.page.getByRole("dialog");
  await expect(roles.getByRole("radio")).toHaveCount(0);
  await roles.getByLabel("Role").selectOption("viewer");
  await expect(roles.getByText("2 keys can do more than this role")).toBeVisible();
  await expect(roles.getByRole("radio", { name: /Narrow them/ })).toBeChecked();
  await roles.getByRole("button", { name: "Cancel" }).click();

  await ada.page.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Remove" }).click();
  const question = ada.page.getByRole("alertdialog");
  await expect(question.getByText("2 keys they created")).toBeVisible();
  await expect(question.getByRole("radio", { name: /Revoke them/ })).toBeChecked();
  await question.getByRole("radio", { name: /Keep them/ }).check();
  await checkPage(ada.page);
  await question.getByRole("button", { name: "Remove member" }).click();
  await expect(ada.page.getByRole("row", { name: /Bob/ })).toHaveCount(0);
  await ada.page.goto("/keys");
  for (const name of ["Nightly", "Weekly"]) {
    await expect(ada.page.getByRole("row", { name: new RegExp(name) }).getByText("revoked")).toHaveCount(0);
    await expect(ada.page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  }
});

test("a role sees what it can use, and is told why the rest is not for it", async ({ browser }) => {
  const { bob } = await pair(browser, "viewer");
  const { page } = bob;
  await page.setViewportSize({ width: 1440, height: 900 });
  const portal = page.getByRole("navigation", { name: "Portal" });
  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();
  await expect(page.getByText("Owners, admins and developers create them.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Create/ })).toHaveCount(0);
  await expect(portal.getByRole("link", { name: "API keys" })).toBeVisible();
  await expect(portal.getByRole("link", { name: "Playground" })).toHaveCount(0);
  await expect(portal.getByRole("link", { name: "Billing" })).toHaveCount(0);
  for (const place of ["/playground", "/billing"]) {
    await page.goto(place);
    await expect(page.getByRole("heading", { name: "Your role doesn’t include this page" })).toBeVisible();
    await checkPage(page);
  }
  await page.goto("/settings");
  await expect(page.getByText(/Owners and admins can change it. Your role is viewer/)).toBeVisible();
  // Actions that the page hides are refused as well.
  const refused = await page.request.post("/api/trpc/keys.create", {
    data: { name: "Mine", environment: "test" },
    headers: { origin: new URL(page.url()).origin },
  });
  expect(refused.status()).toBe(403);

  const { bob: payer } = await pair(browser, "billing");
  await payer.page.setViewportSize({ width: 1440, height: 900 });
  await payer.page.goto("/billing");
  await expect(payer.page.getByRole("heading", { name: "Billing" })).toBeVisible();
  const theirs = payer.page.getByRole("navigation", { name: "Portal" });
  await expect(theirs.getByRole("link", { name: "Billing" })).toBeVisible();
  for (const name of ["API keys", "Requests", "Playground"]) {
    await expect(theirs.getByRole("link", { name })).toHaveCount(0);
  }
  await payer.page.goto("/keys");
  await expect(
    payer.page.getByRole("heading", { name: "Your role doesn’t include this page" }),
  ).toBeVisible();
});
