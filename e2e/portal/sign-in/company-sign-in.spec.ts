import { expect, test } from "@playwright/test";
import {
  type IdentityProvider,
  startIdentityProvider,
} from "../../../infra/stand-ins/identity-provider/identity-provider";
import { fromPublicId, toPublicId } from "../../../src/core/platform";
import { violations } from "../support/check-page";
import { makeVerifiedCustomer, signIn, signInAsCustomer } from "../support/customer";
import { giveEnterprise, joinAsDeveloper, onDatabase } from "../support/database";
import { picture } from "../support/picture";

let idp: IdentityProvider;
test.beforeAll(async () => {
  const origin = `http://localhost:${process.env.PORTAL_TEST_PORT}`;
  idp = await startIdentityProvider({ redirectUri: `${origin}/api/auth/company/callback` });
});
test.afterAll(() => idp.stop());

const domain = `company-${Date.now().toString(36)}.com`;

test("an owner connects the company, and its people sign in there", async ({ page, request, browser }) => {
  const owner = await signInAsCustomer(page);
  await page.goto("/settings/company-sign-in");
  await expect(page.getByText("Part of the Enterprise plan")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add domain" })).toBeDisabled();
  await giveEnterprise(owner);
  const orgId = fromPublicId("org", owner.orgId);
  await page.reload();

  await page.getByRole("button", { name: "Add domain" }).click();
  const add = page.getByRole("dialog", { name: "Add domain" });
  await add.getByLabel("Domain").fill("gmail.com");
  await add.getByRole("button", { name: "Add domain" }).click();
  await expect(add.getByText(/anybody can have a mailbox/)).toBeVisible();
  await add.getByLabel("Domain").fill(domain);
  await add.getByRole("button", { name: "Add domain" }).click();
  await expect(page.getByText("Not verified")).toBeVisible();
  // No name server of the world knows this domain.
  await onDatabase((client) =>
    client.query(
      "UPDATE organization_domains SET verified_at = now(), checked_at = now() WHERE org_id = $1",
      [orgId],
    ),
  );
  await page.reload();
  await expect(page.getByText("Verified", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Connect identity provider" }).click();
  const connect = page.getByRole("dialog", { name: "Connect identity provider" });
  await connect.getByLabel("Issuer").fill("http://127.0.0.1:9/");
  await connect.getByLabel("Client ID").fill(idp.client.client_id);
  await connect.getByLabel("Client secret").fill(idp.client.client_secret);
  await connect.getByRole("button", { name: "Connect identity provider" }).click();
  await expect(connect.getByText(/couldn’t read your identity provider/i)).toBeVisible();
  await connect.getByLabel("Issuer").fill(idp.issuer);
  await picture(page, "connect");
  await connect.getByRole("button", { name: "Connect identity provider" }).click();
  await expect(page.getByRole("button", { name: "Edit connection" })).toBeVisible();
  // Without the message, which is read while it fades in.
  await page.reload();
  await expect(page.getByRole("button", { name: "Edit connection" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await picture(page, "settings");

  // Somebody of the company, who has never been here.
  idp.people.set("grace", {
    sub: "grace",
    email: `grace@${domain}`,
    email_verified: true,
    name: "Grace Hopper",
  });
  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto("/sign-in");
  await theirs.getByRole("button", { name: "Sign in with your company" }).click();
  await theirs.getByLabel("Work email").fill("somebody@nowhere.example.org");
  await theirs.getByRole("button", { name: "Continue" }).click();
  await expect(theirs.getByText(/No company sign-in is set up/)).toBeVisible();
  await picture(theirs, "sign-in");
  expect(await violations(theirs)).toEqual([]);
  await theirs.getByLabel("Work email").fill(`grace@${domain}`);
  await theirs.getByRole("button", { name: "Continue" }).click();
  await theirs.getByRole("button", { name: "Grace Hopper" }).click();
  await theirs.waitForURL("**/overview");
  // She never signed up here, so she has agreed to nothing yet.
  await theirs.getByRole("button", { name: "Agree and continue" }).click();
  await expect(theirs.getByRole("heading", { name: "Before you continue" })).toHaveCount(0);

  // A link from elsewhere asks first, and signs nobody in by itself.
  const start = await onDatabase(async (client) => {
    const { rows } = await client.query("SELECT id FROM company_connections WHERE org_id = $1", [orgId]);
    return `/api/auth/company/start/${toPublicId("con", rows[0].id)}`;
  });
  const linked = await (await browser.newContext()).newPage();
  await linked.goto(`${start}?next=/keys`);
  await expect(linked.getByRole("heading", { name: "Is this your company?" })).toBeVisible();
  await expect(linked.getByText(domain, { exact: true })).toBeVisible();
  await picture(linked, "asked-first");
  expect(await violations(linked)).toEqual([]);
  await linked.getByRole("link", { name: "Continue" }).click();
  await linked.getByRole("button", { name: "Grace Hopper" }).click();
  await linked.waitForURL("**/keys");

  // As an admin she requires it of everyone, after proving at the company that it is her.
  await onDatabase(async (client) => {
    await client.query("UPDATE memberships SET role = 'admin' WHERE org_id = $1 AND role = 'developer'", [
      orgId,
    ]);
    await client.query("UPDATE sessions SET stepped_up_at = NULL WHERE org_id = $1", [orgId]);
  });
  await expect(async () => {
    await theirs.goto("/settings/company-sign-in");
    await expect(theirs.getByRole("button", { name: "Edit connection" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await theirs.getByRole("button", { name: "Edit connection" }).click();
  const edit = theirs.getByRole("dialog", { name: "Edit connection" });
  await edit.getByLabel("Require it").check();
  await edit.getByRole("button", { name: "Save changes" }).click();
  const confirm = theirs.getByRole("dialog", { name: "Confirm it’s you" });
  await confirm.getByRole("link", { name: "Confirm at your company" }).click();
  await theirs.getByRole("button", { name: "Grace Hopper" }).click();
  await theirs.waitForURL("**/settings/company-sign-in");
  await theirs.getByRole("button", { name: "Edit connection" }).click();
  await edit.getByLabel("Require it").check();
  await edit.getByRole("button", { name: "Save changes" }).click();
  await expect(theirs.getByText("Required", { exact: true })).toBeVisible();

  // The owner's address is another domain's: a guest. Of the company's domain, the password opens nothing here.
  const employee = await makeVerifiedCustomer(request);
  const other = await (await browser.newContext()).newPage();
  await signIn(other, employee);
  await joinAsDeveloper(employee, owner);
  await onDatabase((client) =>
    client.query(
      "INSERT INTO organization_domains (id, org_id, domain, proof, verified_at, checked_at, created_at) VALUES (gen_random_uuid(), $1, $2, 'x', now(), now(), now())",
      [orgId, employee.email.slice(employee.email.indexOf("@") + 1)],
    ),
  );
  await expect(async () => {
    await other.goto("/overview");
    await expect(other.getByRole("heading", { name: "Sign in with your company" })).toBeVisible({
      timeout: 2_000,
    });
  }).toPass();
  expect(await violations(other)).toEqual([]);
  await picture(other, "required");
});
