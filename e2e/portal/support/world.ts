import type { APIRequestContext, Page } from "@playwright/test";
import { z } from "zod";
import { fromPublicId, toPublicId } from "../../../src/core/platform";
import { type Customer, complete, makeKey, makeVerifiedCustomer, signIn } from "./customer";
import { onDatabase } from "./database";
import { nowhere, type World } from "./pages";
import { seedUsage } from "./seed-usage";

const IN_FIVE_DAYS = 5 * 24 * 3_600_000;
const prompts = [
  ["gpt-4o", "Why does an agate have bands?"],
  ["gemini-pro", "Three questions to ask a geologist."],
  ["deepseek-chat", "Write a haiku about slow water."],
  ["gpt-3.5-turbo", "Name the colors of a stone from Idar-Oberstein."],
  ["gpt-4o", "Say hi [[sim:400]]"],
] as const;

const found = z.object({ id: z.uuid() });

/** What an operator finds: a customer's organization, and that somebody of it asks for an agreement. */
export async function makeConsole(page: Page, customer: Customer): Promise<Partial<World>> {
  // An inquiry of somebody who is signed in is known by their organization.
  await signIn(page, customer);
  await page.goto("/enterprise");
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("Company").fill("Compilers & Sons");
  await page.getByLabel("Email").fill("grace@example.com");
  await page.getByLabel("Expected tokens per month").selectOption({ index: 2 });
  await page.getByLabel("What you need").fill("Two hundred million tokens a month, and an invoice in euros.");
  await page.getByRole("button", { name: /send/i }).click();
  await page
    .getByRole("region", { name: "Inquiry sent" })
    .or(page.getByLabel("Inquiry sent"))
    .first()
    .waitFor();
  const inquiry = await onDatabase(async (client) => {
    const { rows } = await client.query(
      "SELECT id FROM enterprise_inquiries WHERE org_id = $1 ORDER BY created_at DESC LIMIT 1",
      [fromPublicId("org", customer.orgId)],
    );
    return found.parse(rows[0]).id;
  });
  await page.context().clearCookies();
  return {
    organizationId: customer.orgId,
    inquiryId: toPublicId("inq", inquiry),
  };
}

/** An organization that has been at work for weeks: charts with a shape, requests of every kind, a key that ends soon. */
export async function makeWorld(request: APIRequestContext): Promise<World & { customer: Customer }> {
  const customer = await makeVerifiedCustomer(request);
  const server = await makeKey(request, customer, { environment: "live", name: "Production server" });
  await makeKey(request, customer, { environment: "test", name: "Continuous integration" });
  const laptop = await makeKey(request, customer, {
    environment: "live",
    name: "Laptop",
    expires_at: new Date(Date.now() + IN_FIVE_DAYS).toISOString(),
  });
  let requestId = "";
  for (const [place, [model, prompt]] of prompts.entries()) {
    const { id } = await complete(request, place === 2 ? laptop.secret : server.secret, { model, prompt });
    if (place === 0) requestId = id;
  }
  await seedUsage(server.id);
  const webhook = await request.post("/api/v1/webhooks", {
    headers: { authorization: `Bearer ${customer.accessToken}` },
    data: { url: "https://hooks.example.com/agatha", events: ["inference.completed", "key.created"] },
  });
  const { id: webhookId } = z.object({ id: z.string() }).parse(await webhook.json());
  return { ...nowhere, customer, requestId, keyId: server.id, webhookId };
}
