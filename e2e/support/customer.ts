import { randomUUID } from "node:crypto";
import { z } from "zod";

/** How a test calls a running server: held to the contract (`openApi`), from a browser's context, or bare (`callServer`). */
export interface Http {
  post(
    path: string,
    options: { body: unknown; as?: string },
  ): Promise<{ status: number; text: string; json: unknown }>;
}

export interface Customer {
  email: string;
  password: string;
  /** `org_…`, as the API shows it. */
  orgId: string;
  accessToken: string;
  refreshToken: string;
}

const signedIn = z.object({ access_token: z.string(), refresh_token: z.string() });
const registered = signedIn.extend({ organization: z.object({ id: z.string() }) });
const createdKey = z.object({ id: z.string(), secret: z.string() });

/** A person of their own organization, over the API. Their address is not verified yet. */
export async function registerCustomer(http: Http): Promise<Customer> {
  const email = `${randomUUID()}@example.com`;
  const password = `quiet agate ${randomUUID()}`;
  const body = { email, password, name: "Ada Lovelace" };
  const account = registered.parse(await post(http, "/api/v1/auth/register", { body }));
  return { email, password, orgId: account.organization.id, ...tokensOf(account) };
}

/** Verifies the address. The first proof of it ends every session before, so the customer signs in again. */
export async function verifyCustomer(http: Http, customer: Customer, token: string): Promise<void> {
  await post(http, "/api/v1/auth/verify-email", { body: { token, password: customer.password } });
  await signInAgain(http, customer);
}

/** A session of its own, which no process has seen yet: each reads what the organization decided before. */
export async function signInAgain(http: Http, customer: Customer): Promise<void> {
  const { email, password } = customer;
  const session = await post(http, "/api/v1/auth/login", { body: { email, password } });
  Object.assign(customer, tokensOf(signedIn.parse(session)));
}

/** A live key, unless `settings` say otherwise. */
export async function createKey(
  http: Http,
  { accessToken }: Pick<Customer, "accessToken">,
  settings: Record<string, unknown> = {},
): Promise<z.output<typeof createdKey>> {
  const body = { name: "Test", environment: "live", ...settings };
  return createdKey.parse(await post(http, "/api/v1/keys", { body, as: accessToken }));
}

/** Calls a server without further ado. */
export function callServer(url: string): Http {
  return {
    async post(path, { body, as }) {
      const response = await fetch(url + path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(as !== undefined && { authorization: `Bearer ${as}` }),
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, text, json: JSON.parse(text) };
    },
  };
}

function tokensOf(session: z.output<typeof signedIn>): Pick<Customer, "accessToken" | "refreshToken"> {
  return { accessToken: session.access_token, refreshToken: session.refresh_token };
}

async function post(http: Http, path: string, options: { body: unknown; as?: string }): Promise<unknown> {
  const { status, text, json } = await http.post(path, options);
  if (status !== 200 && status !== 201) throw new Error(`${path} returned ${status}: ${text}`);
  return json;
}
