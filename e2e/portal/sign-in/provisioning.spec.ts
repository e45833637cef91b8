import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { makeSamlProvider, metadataOf } from "../../../infra/stand-ins/saml/saml-provider";
import { fromPublicId } from "../../../src/core/platform";
import { checkPage } from "../support/check-page";
import { type Customer, makeVerifiedCustomer, signIn } from "../support/customer";
import { giveEnterprise, onDatabase } from "../support/database";
import { picture } from "../support/picture";

/** An owner, signed in, whose company has the plan and a verified domain; no name server of the world knows it. */
async function openCompany(page: Page, request: APIRequestContext) {
  const owner = await makeVerifiedCustomer(request);
  const orgId = fromPublicId("org", owner.orgId);
  const domain = `directory-${Date.now().toString(36)}.com`;
  await giveEnterprise(owner);
  await onDatabase((client) =>
    client.query(
      "INSERT INTO organization_domains (id, org_id, domain, proof, verified_at, checked_at, created_at) VALUES (gen_random_uuid(), $1, $2, 'x', now(), now(), now())",
      [orgId, domain],
    ),
  );
  await signIn(page, owner);
  return { owner, orgId, domain };
}

/** Whoever is signed in is asked again who they are. */
const forgetProof = (orgId: string) =>
  onDatabase((client) => client.query("UPDATE sessions SET stepped_up_at = NULL WHERE org_id = $1", [orgId]));

const section = (page: Page) => page.getByRole("region", { name: "Provisioning" });

/** Proves who it is where that is asked, and gives back the secret, which the page shows once. */
async function createToken(page: Page, owner: Customer | null): Promise<string> {
  await section(page).getByRole("button", { name: "Create SCIM token" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Create SCIM token" }).click();
  if (owner !== null) {
    const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
    await proof.getByLabel("Password", { exact: true }).fill(owner.password);
    await proof.getByRole("button", { name: "Confirm" }).click();
  }
  const created = page.getByRole("dialog", { name: "SCIM token created" });
  const secret = await created.getByLabel("SCIM token", { exact: true }).inputValue();
  expect(secret).toMatch(/^agt_scim_[0-9A-Za-z]{38}$/);
  // It cannot be closed by accident.
  await page.keyboard.press("Escape");
  await expect(created).toBeVisible();
  if (owner !== null) {
    await checkPage(page);
    await picture(page, "token");
  }
  await created.getByRole("button", { name: "I’ve saved this token" }).click();
  await expect(created).toHaveCount(0);
  return secret;
}

async function revokeFirstToken(page: Page): Promise<void> {
  const tokens = section(page).getByRole("list", { name: "SCIM tokens" }).getByRole("listitem");
  const before = await tokens.count();
  await tokens
    .first()
    .getByRole("button", { name: /^Revoke/ })
    .click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke SCIM token" }).click();
  // Below an open dialog nothing has a role.
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(tokens).toHaveCount(before - 1);
}

test("a directory's token is made, used, rotated and revoked, and its groups become roles", async ({
  page,
  request,
}) => {
  test.setTimeout(180_000);
  const { owner, orgId, domain } = await openCompany(page, request);
  const scim = (token: string, method: string, path: string, data?: object) =>
    request.fetch(`/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      ...(data && { data: JSON.stringify(data) }),
    });
  await page.goto("/settings/company-sign-in");
  await expect(section(page).getByText(/\/scim\/v2$/)).toBeVisible();
  await forgetProof(orgId);
  const first = await createToken(page, owner);
  await expect(section(page).getByText(/never used/)).toBeVisible();
  await page.reload();
  await expect(section(page).getByText(/never used/)).toBeVisible();
  expect(await page.content()).not.toContain(first);

  const person = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: `grace@${domain}`,
    displayName: "Grace Hopper",
    emails: [{ primary: true, value: `grace@${domain}`, type: "work" }],
    active: true,
  };
  const added = await scim(first, "POST", "/Users", person);
  expect(added.status(), await added.text()).toBe(201);
  const group = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Platform engineering, Europe and the Middle East",
    members: [{ value: (await added.json()).id }],
  };
  expect((await scim(first, "POST", "/Groups", group)).status()).toBe(201);

  await page.reload();
  await expect(section(page).getByText("1 person, 1 group")).toBeVisible();
  await expect(section(page).getByText(/last used/)).toBeVisible();
  const role = section(page).getByLabel(`Role of ${group.displayName}`);
  await role.selectOption("Billing");
  await expect(page.getByText(`Role of ${group.displayName} changed`, { exact: true })).toBeVisible();
  await page.reload();
  await expect(role).toHaveValue("billing");
  await checkPage(page);

  await page.goto("/team");
  const member = page.getByRole("row").filter({ hasText: person.userName });
  await expect(member.getByText("Managed by your company")).toBeVisible();
  await expect(member.getByText("Billing", { exact: true })).toBeVisible();
  await checkPage(page);
  await picture(page, "team");

  await page.goto("/settings/company-sign-in");
  const second = await createToken(page, null);
  await expect(section(page).getByRole("button", { name: "Create SCIM token" })).toBeDisabled();
  await expect(section(page).getByText("Two tokens is the most.", { exact: false })).toBeVisible();
  await picture(page, "provisioning");
  await section(page)
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  await checkPage(page);
  await picture(page, "revoke");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await revokeFirstToken(page);
  expect((await scim(first, "GET", "/Users")).status()).toBe(401);
  expect((await scim(second, "GET", "/Users")).status()).toBe(200);
  await revokeFirstToken(page);
  expect((await scim(second, "GET", "/Users")).status()).toBe(401);
  await expect(section(page).getByText("1 person, 1 group")).toBeVisible();
});

test("a company is connected by SAML, and each field says what is wrong with it", async ({
  page,
  request,
}) => {
  test.setTimeout(180_000);
  await openCompany(page, request);
  const provider = await makeSamlProvider();
  await page.goto("/settings/company-sign-in");
  await page.getByRole("button", { name: "Connect identity provider" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect identity provider" });
  const connect = dialog.getByRole("button", { name: "Connect identity provider" });
  const wrong = (label: string) =>
    expect(dialog.getByLabel(label, { exact: true })).toHaveAttribute("aria-invalid", "true");
  await connect.click();
  await expect(dialog.getByText("Enter the issuer of your provider.")).toBeVisible();
  await expect(dialog.getByText("Enter the client ID.")).toBeVisible();

  await dialog.getByLabel("Protocol").selectOption("SAML 2.0");
  await connect.click();
  await expect(dialog.getByText("Paste the metadata of your provider.")).toBeVisible();
  await wrong("Metadata of your provider");
  await dialog.getByLabel("Metadata of your provider").fill("<!DOCTYPE x><EntityDescriptor/>");
  await connect.click();
  await expect(dialog.getByText(/Must have no document type/)).toBeVisible();
  await checkPage(page);
  await picture(page, "saml-metadata");

  await dialog.getByText("By hand", { exact: true }).click();
  await connect.click();
  await expect(dialog.getByText("Enter the entity ID of your provider.")).toBeVisible();
  await expect(dialog.getByText("Enter the sign-in URL of your provider.")).toBeVisible();
  await wrong("Entity ID of your provider");
  await checkPage(page);
  await picture(page, "saml-missing");
  await dialog.getByLabel("Entity ID of your provider").fill("http://www.okta.com/exk1");
  await dialog.getByLabel("Sign-in URL of your provider").fill("sso/saml");
  await connect.click();
  await expect(dialog.getByText(/Must be a URL/)).toBeVisible();
  await wrong("Sign-in URL of your provider");
  await dialog.getByLabel("Sign-in URL of your provider").fill("https://example.okta.com/app/exk1/sso/saml");
  await connect.click();
  await expect(dialog.getByText("Enter the signing certificate of your provider.")).toBeVisible();
  await wrong("Signing certificate");
  await dialog.getByLabel("Signing certificate").fill("MIIC");
  await connect.click();
  await expect(dialog.getByText("Must be a certificate in PEM")).toBeVisible();
  await dialog.getByLabel("Signing certificate").fill(provider.certificate);
  await picture(page, "saml");
  await connect.click();
  await expect(dialog).toHaveCount(0);

  // Without the message, which fades.
  await page.reload();
  const connection = page.getByRole("region", { name: "Identity provider" });
  await expect(connection.getByText("http://www.okta.com/exk1")).toBeVisible();
  await expect(connection.getByText(/^Signing certificate \(SHA-256\), valid until/)).toBeVisible();
  const metadata = await connection.getByText(/\/saml\/metadata$/).innerText();
  const document = await request.get(metadata);
  expect(document.status()).toBe(200);
  expect(await document.text()).toContain("SPSSODescriptor");
  await checkPage(page);
  await picture(page, "saml-connected");

  // What was entered stays; only what is secret need not be entered again.
  await page.getByRole("button", { name: "Edit connection" }).click();
  const edit = page.getByRole("dialog", { name: "Edit connection" });
  await expect(edit.getByLabel("Protocol")).toHaveValue("saml");
  await edit.getByLabel("Role of new members").selectOption("Viewer");
  await edit.getByRole("button", { name: "Save changes" }).click();
  await expect(connection.getByText("Viewer", { exact: true })).toBeVisible();

  // A provider's metadata says all of it.
  await page.getByRole("button", { name: "Edit connection" }).click();
  await edit.getByText("From metadata", { exact: true }).click();
  const text = metadataOf({ issuer: "http://www.okta.com/exk2", certificates: [provider.certificate] });
  const file = { name: "metadata.xml", mimeType: "text/xml", buffer: Buffer.from(text) };
  await edit.getByLabel("Or upload the file").setInputFiles(file);
  await expect(edit.getByLabel("Metadata of your provider")).toHaveValue(/exk2/);
  await picture(page, "saml-uploaded");
  await edit.getByRole("button", { name: "Save changes" }).click();
  await expect(connection.getByText("http://www.okta.com/exk2")).toBeVisible();
  await expect(connection.getByText("https://idp.example.com/sso")).toBeVisible();
});
