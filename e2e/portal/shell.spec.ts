import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { fromPublicId } from "../../src/core/platform";
import { makeCustomer, makeKey, makeVerifiedCustomer, signIn, signInAsCustomer } from "./support/customer";
import { onDatabase } from "./support/database";

const whoami = z.object({ organization: z.object({ id: z.string() }) });

const switcher = (page: Page, name: string) =>
  page.getByRole("button", { name: new RegExp(`Organization: ${name}`) });

async function createOrganization(page: Page, from: string, name: string): Promise<void> {
  await switcher(page, from).click();
  await page.getByRole("menuitem", { name: "Create organization" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create organization" }).click();
}

test("a change of organization leads to its overview, in every tab, and shows nothing of the one before", async ({
  page,
  request,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const customer = await makeVerifiedCustomer(request);
  await makeKey(request, customer, { environment: "test", name: "Old organization's key" });
  await signIn(page, customer);
  const other = await page.context().newPage();
  await other.setViewportSize({ width: 1440, height: 900 });
  await other.goto("/keys");
  await expect(other.getByText("Old organization's key").first()).toBeVisible();
  await page.goto("/keys");

  await createOrganization(page, "Ada Lovelace", "Agate Works");
  await expect(page).toHaveURL(/\/overview$/);
  await expect(switcher(page, "Agate Works")).toBeVisible();
  await expect(other).toHaveURL(/\/overview$/);
  await expect(switcher(other, "Agate Works")).toBeVisible();
  await page.getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect(page.getByText("Old organization's key")).toHaveCount(0);

  // Back does not bring the old organization's page, as it was left, out of the browser's memory.
  await page.goBack();
  await page.goBack();
  await expect(switcher(page, "Agate Works")).toBeVisible();
  await expect(page.getByText("Old organization's key")).toHaveCount(0);

  await page.goto("/team");
  await switcher(page, "Agate Works").click();
  await page.getByRole("menuitem", { name: /Ada Lovelace/ }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(switcher(page, "Ada Lovelace")).toBeVisible();
  await expect(switcher(other, "Ada Lovelace")).toBeVisible();
});

test("deleting an organization leads to the overview of the one that is left", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signInAsCustomer(page);
  await createOrganization(page, "Ada Lovelace", "Short Lived");
  await expect(switcher(page, "Short Lived")).toBeVisible();
  await page.goto("/settings");
  await page.getByRole("button", { name: "Delete organization" }).click();
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await dialog.getByRole("textbox").fill("Short Lived");
  await dialog.getByRole("button", { name: "Delete organization" }).click();
  await expect(page).toHaveURL(/\/overview$/);
  await expect(switcher(page, "Ada Lovelace")).toBeVisible();
});

test("a failed payment is shown on every page until it succeeds", async ({ page, request }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  const me = await page.request.get("/api/v1/me", {
    headers: { authorization: `Bearer ${customer.accessToken}` },
  });
  const { organization } = whoami.parse(await me.json());
  const state = (status: string) =>
    onDatabase((client) =>
      client.query("UPDATE subscriptions SET status = $1 WHERE org_id = $2", [
        status,
        fromPublicId("org", organization.id),
      ]),
    );
  await state("unpaid");
  for (const path of ["/overview", "/keys", "/requests", "/usage", "/team", "/settings", "/playground"]) {
    await page.goto(path);
    await expect(page.getByText("Your plan is paused: an invoice is unpaid"), path).toBeVisible();
  }
  await page.getByRole("link", { name: "View billing" }).click();
  await expect(page).toHaveURL(/\/billing$/);
  await expect(page.getByText("Your plan is paused: an invoice is unpaid")).toHaveCount(1);
  await state("active");
  await page.goto("/overview");
  await expect(page.getByText("Your plan is paused: an invoice is unpaid")).toHaveCount(0);
});

test("the account, the organization and its plan are in the page as the server sends it", async ({
  page,
  request,
}) => {
  const customer = await makeCustomer(request);
  await signIn(page, customer);
  const html = await (await page.request.get("/settings")).text();
  expect(html).toContain("Ada Lovelace’s organization");
  expect(html).toContain(customer.email);
  expect(html).not.toContain(">Account<");
});

test("the settings’ index names every section, in its order, and each of its links leads there", async ({
  page,
  request,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, await makeCustomer(request));
  await page.goto("/settings");
  const links = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  const sections = page.locator("main section[aria-labelledby$='-title'] h2");
  expect(await links.allTextContents()).toEqual(await sections.allTextContents());
  for (const link of await links.all()) {
    const name = (await link.textContent()) ?? "";
    await link.click();
    await expect(sections.getByText(name, { exact: true }).first()).toBeInViewport();
  }
});
