import { randomUUID } from "node:crypto";
import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { z } from "zod";
import { emailedLink } from "./mailbox";

const signedIn = z.object({ access_token: z.string() });
const createdKey = z.object({ id: z.string(), secret: z.string() });
const answered = z.object({ id: z.string(), status: z.string() });

export interface Customer {
  email: string;
  password: string;
  accessToken: string;
}

/** A fresh account with an organization of its own, made over the API. */
export async function makeCustomer(request: APIRequestContext): Promise<Customer> {
  const email = `${randomUUID()}@example.com`;
  const password = `quiet agate ${randomUUID()}`;
  const answer = await request.post("/api/v1/auth/register", {
    data: { email, password, name: "Ada Lovelace" },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return { email, password, accessToken: signedIn.parse(await answer.json()).access_token };
}

/** Verifies the address over the API. The first proof ends every session before it, so the customer signs in again. */
export async function verifyAddress(request: APIRequestContext, customer: Customer): Promise<void> {
  const { email, password } = customer;
  const link = new URL(await emailedLink(email, /verify|confirm/i));
  const answer = await request.post("/api/v1/auth/verify-email", {
    data: { token: link.searchParams.get("token"), password },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const login = await request.post("/api/v1/auth/login", { data: { email, password } });
  expect(login.status(), await login.text()).toBe(200);
  customer.accessToken = signedIn.parse(await login.json()).access_token;
}

export async function makeKey(
  request: APIRequestContext,
  { accessToken }: Customer,
  settings: { environment: "live" | "test"; name?: string; expires_at?: string },
): Promise<z.output<typeof createdKey>> {
  const answer = await request.post("/api/v1/keys", {
    headers: { authorization: `Bearer ${accessToken}` },
    data: { name: "Laptop", ...settings },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return createdKey.parse(await answer.json());
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
