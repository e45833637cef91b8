import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { checkPage } from "../support/check-page";
import { type Customer, makeVerifiedCustomer, signIn } from "../support/customer";

let customer: Customer;
let app: Server;
let redirectUri: string;

test.beforeEach(async ({ request }) => {
  customer = await makeVerifiedCustomer(request);
  // An app on the reader's own machine: where the person comes back to is all that counts.
  app = createServer((_incoming, response) => response.end("Welcome back"));
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
});
test.afterEach(() => {
  app.close();
});

async function registerApp(page: Page): Promise<string> {
  await page.goto("/apps");
  await page.getByRole("button", { name: "Register app" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Marble Reports");
  await dialog.getByLabel("Homepage").fill("https://app.example.com");
  await dialog.getByLabel("Redirect URIs").fill(`${redirectUri}#no`);
  await dialog.getByRole("checkbox", { name: "usage:read" }).check();
  // Any picture is a logo.
  const logo = await page.screenshot({ type: "jpeg", clip: { x: 0, y: 0, width: 300, height: 200 } });
  await dialog.getByLabel("Logo").setInputFiles({ name: "logo.jpg", mimeType: "image/jpeg", buffer: logo });
  await checkPage(page);
  await dialog.getByRole("button", { name: "Register app" }).click();
  await expect(dialog.getByText("Must not contain a fragment (#)")).toBeVisible();
  await dialog.getByLabel("Redirect URIs").fill(redirectUri);
  await dialog.getByRole("button", { name: "Register app" }).click();
  await expect(dialog.getByRole("textbox", { name: "Client secret" })).toHaveValue(/^agt_app_[\w-]{43}$/);
  const id = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "I’ve saved this secret" }).click();
  return id;
}

function authorizeUrl(clientId: string): string {
  const challenge = createHash("sha256").update(randomBytes(32).toString("base64url")).digest("base64url");
  const search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: "openid email usage:read",
    state: "kept",
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  return `/oauth/authorize?${search}`;
}

test("an app is registered, a person connects it and ends the connection, and the app is rotated and deleted", async ({
  page,
}) => {
  await signIn(page, customer);
  const clientId = await registerApp(page);
  await checkPage(page);

  await page.goto(authorizeUrl(clientId));
  await expect(page.getByRole("heading", { name: "Connect Marble Reports" })).toBeVisible();
  await expect(page.getByText("see usage and costs")).toBeVisible();
  await expect(page.getByText(customer.email)).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(/127\.0\.0\.1.*\/callback/);
  const back = new URL(page.url()).searchParams;
  expect([back.get("state"), back.has("code"), back.has("iss")]).toEqual(["kept", true, true]);

  await page.goto("/settings#connected-apps");
  const row = page.getByRole("list", { name: "Connected apps" }).getByRole("listitem");
  await expect(row).toContainText("Marble Reports");
  await row.getByRole("button", { name: /^Disconnect/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("No connected apps yet.")).toBeVisible();

  await page.goto("/apps");
  await page.getByRole("button", { name: "Rotate the secret of Marble Reports" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("button", { name: "I’ve saved this secret" }).click();
  await expect(page.getByText("two secrets")).toBeVisible();
  await page.getByRole("button", { name: "Delete Marble Reports" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete app" }).click();
  await expect(page.getByText("No apps yet")).toBeVisible();
  await page.goto(authorizeUrl(clientId));
  await expect(page.getByText("We don’t know this app.")).toBeVisible();
});

test("somebody who is not signed in signs in first, and comes back to the app's request; Cancel tells the app", async ({
  page,
}) => {
  await signIn(page, customer);
  const clientId = await registerApp(page);
  await page.context().clearCookies();
  await page.goto(authorizeUrl(clientId));
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Email").fill(customer.email);
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Connect Marble Reports" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.waitForURL(/127\.0\.0\.1.*\/callback/);
  expect(new URL(page.url()).searchParams.get("error")).toBe("access_denied");
});

/** What a command line does: it asks for a code, which its person enters, and then for its tokens. */
async function startDevice(request: APIRequestContext, clientId: string) {
  const reply = await request.post("/oauth/device_authorization", {
    form: { client_id: clientId, scope: "openid usage:read" },
  });
  expect(reply.status(), await reply.text()).toBe(200);
  return await reply.json();
}

test("a device is connected by the code that its person enters, and refused by one who cancels", async ({
  page,
  request,
}) => {
  await signIn(page, customer);
  await page.goto("/apps");
  await page.getByRole("button", { name: "Register app" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Marble CLI");
  await dialog.getByLabel("Homepage").fill("https://app.example.com");
  await dialog.getByRole("radio", { name: /^Public/ }).check();
  await dialog.getByRole("checkbox", { name: /^Device sign-in/ }).check();
  await dialog.getByRole("checkbox", { name: "usage:read" }).check();
  await dialog.getByRole("button", { name: "Register app" }).click();
  await expect(dialog.getByText("A public app has no secret")).toBeVisible();
  const clientId = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("device", { exact: true })).toBeVisible();
  await expect(page.getByText(/^on devices only/)).toBeVisible();

  const { user_code: code, device_code } = await startDevice(request, clientId);
  await page.goto("/device");
  await checkPage(page);
  await page.getByLabel("Code").fill("BBBB-BBBB");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText(/This code isn’t valid/)).toBeVisible();
  await page.getByLabel("Code").fill(code.toLowerCase());
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Connect Marble CLI" })).toBeVisible();
  await expect(page.getByText(code)).toBeVisible();
  await expect(page.getByText(/If somebody sent you this code or link/)).toBeVisible();
  await checkPage(page);
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("heading", { name: "Device connected" })).toBeVisible();
  await checkPage(page);
  const tokens = await request.post("/oauth/token", {
    form: {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code,
      client_id: clientId,
    },
  });
  expect(tokens.status(), await tokens.text()).toBe(200);

  const second = await startDevice(request, clientId);
  await page.goto(
    new URL(second.verification_uri_complete).pathname + new URL(second.verification_uri_complete).search,
  );
  await expect(page.getByLabel("Code")).toHaveValue(second.user_code);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Request canceled" })).toBeVisible();
});
