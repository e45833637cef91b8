import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { z } from "zod";
import {
  type Customer,
  createKey,
  type Http,
  registerCustomer,
  verifyCustomer,
} from "../../support/customer";
import { forgetSignUps } from "./database";
import { emailedLink } from "./mailbox";

export type { Customer };

const answered = z.object({ id: z.string(), status: z.string() });

/** The server as the browser's context calls it. */
function over(request: APIRequestContext): Http {
  return {
    async post(path, { body, as }) {
      const headers = as === undefined ? {} : { authorization: `Bearer ${as}` };
      const response = await request.post(path, { data: body, headers });
      const text = await response.text();
      return { status: response.status(), text, json: JSON.parse(text) };
    },
  };
}

/** A fresh account with an organization of its own, made over the API. */
export async function makeCustomer(request: APIRequestContext): Promise<Customer> {
  await forgetSignUps();
  return await registerCustomer(over(request));
}

/** Verifies the address over the API, with the link that was emailed. */
export async function verifyAddress(request: APIRequestContext, customer: Customer): Promise<void> {
  const link = new URL(await emailedLink(customer.email, /verify your/i));
  await verifyCustomer(over(request), customer, link.searchParams.get("token") ?? "");
}

/** One whose address is verified: they can use live keys and real models. */
export async function makeVerifiedCustomer(request: APIRequestContext): Promise<Customer> {
  const customer = await makeCustomer(request);
  await verifyAddress(request, customer);
  return customer;
}

export function makeKey(
  request: APIRequestContext,
  customer: Pick<Customer, "accessToken">,
  settings: { environment: "live" | "test"; name?: string; expires_at?: string },
): Promise<{ id: string; secret: string }> {
  return createKey(over(request), customer, { name: "Laptop", ...settings });
}

/** A real request, waited for. */
export async function complete(
  request: APIRequestContext,
  secret: string,
  body: { model?: string; prompt?: string; metadata?: Record<string, string> } = {},
): Promise<z.output<typeof answered>> {
  const answer = await request.post("/api/v1/inference", {
    headers: { authorization: `Bearer ${secret}`, prefer: "wait=30" },
    data: { model: "gpt-4o", prompt: "Why does an agate have bands?", ...body },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  return answered.parse(await answer.json());
}

export async function signIn(
  page: Page,
  { email, password }: Pick<Customer, "email" | "password">,
): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/overview$/);
}

/** A fresh, verified customer of this page. */
export async function signInAsCustomer(page: Page): Promise<Customer> {
  const customer = await makeVerifiedCustomer(page.request);
  await signIn(page, customer);
  return customer;
}
