import { randomUUID } from "node:crypto";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import type { Api } from "./client";
import { query } from "./database";

export interface Person {
  email: string;
  password: string;
  orgId: string;
  accessToken: string;
  refreshToken: string;
}

/** Signs up a person of their own organization, over the API. */
export async function signUp(api: Api): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const password = `quiet agate ${randomUUID()}`;
  const { status, json, text } = await api.post("/api/v1/auth/register", {
    body: { email, password, name: "Ada Lovelace" },
  });
  if (status !== 201) throw new Error(`Sign-up failed: ${text}`);
  return {
    email,
    password,
    orgId: json.organization.id,
    accessToken: json.access_token,
    refreshToken: json.refresh_token,
  };
}

/** Verifies the address and signs in again. */
export async function verify(api: Api, stack: TestStack, person: Person): Promise<void> {
  const token = await tokenFromEmail(stack, person.email);
  const { email, password } = person;
  const { status, text } = await api.post("/api/v1/auth/verify-email", { body: { token, password } });
  if (status !== 200) throw new Error(`Verification failed: ${text}`);
  // The first proof of an address ends every session before it.
  const signedIn = await api.post("/api/v1/auth/login", { body: { email, password } });
  if (signedIn.status !== 200) throw new Error(`Sign-in failed: ${signedIn.text}`);
  person.accessToken = signedIn.json.access_token;
  person.refreshToken = signedIn.json.refresh_token;
}

export async function tokenFromEmail(stack: TestStack, email: string): Promise<string> {
  await stack.mailbox.waitFor(email);
  // Newest first; mails that only tell of something have none.
  const texts = stack.mailbox.messagesTo(email).map(({ text }) => text);
  const token = texts.map((text) => /token=([\w-]+)/.exec(text)?.[1]).find((found) => found !== undefined);
  if (token === undefined) throw new Error(`No token in the mails: ${texts.join()}`);
  return token;
}

/** A person who has verified their address, on a plan roomy enough for a test file. */
export async function customer(api: Api, stack: TestStack): Promise<Person> {
  const person = await signUp(api);
  await verify(api, stack, person);
  await setPlan(person, "enterprise");
  return person;
}

export async function setPlan(person: Person, plan: string): Promise<void> {
  await query(
    `INSERT INTO subscriptions (org_id, plan, created_at, updated_at)
     SELECT org_id, $2, now(), now() FROM memberships m JOIN sessions s USING (user_id, org_id)
     JOIN refresh_tokens r ON r.session_id = s.id WHERE r.token_hash = sha256($1::text::bytea) LIMIT 1
     ON CONFLICT (org_id) DO UPDATE SET plan = $2`,
    [person.refreshToken, plan],
  );
}

export async function makeKey(
  api: Api,
  person: Person,
  settings: Record<string, unknown> = {},
): Promise<string> {
  const { status, json, text } = await api.post("/api/v1/keys", {
    as: person.accessToken,
    body: { name: "Test", environment: "live", ...settings },
  });
  if (status !== 201) throw new Error(`No key was made: ${text}`);
  return json.secret;
}
