import type { APIRequestContext } from "@playwright/test";
import { type Customer, complete, makeCustomer, makeKey, verifyAddress } from "./customer";
import type { World } from "./pages";
import { seedUsage } from "./seed-usage";

const IN_FIVE_DAYS = 5 * 24 * 3_600_000;
const prompts = [
  ["gpt-4o", "Why does an agate have bands?"],
  ["gemini-pro", "Three questions to ask a geologist."],
  ["deepseek-chat", "Write a haiku about slow water."],
  ["gpt-3.5-turbo", "Name the colours of a stone from Idar-Oberstein."],
  ["gpt-4o", "Say hi [[sim:400]]"],
] as const;

/** An organization that has been at work for weeks: charts with a shape, requests of every kind, a key that ends soon. */
export async function makeWorld(request: APIRequestContext): Promise<World & { customer: Customer }> {
  const customer = await makeCustomer(request);
  await verifyAddress(request, customer);
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
  return { customer, requestId, keyId: server.id };
}
