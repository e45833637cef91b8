import type { TestStack } from "../../infra/testing/use-test-stack";
import type { Api } from "./client";
import { type Customer, createKey, registerCustomer, verifyCustomer } from "./customer";
import { query } from "./database";

export type Person = Customer;

/** Signs up a person of their own organization, over the API. */
export function signUp(api: Api): Promise<Person> {
  return registerCustomer(api);
}

/** Verifies the address and signs in again. */
export async function verify(api: Api, stack: TestStack, person: Person): Promise<void> {
  await verifyCustomer(api, person, await tokenFromEmail(stack, person.email));
}

export async function tokenFromEmail(stack: TestStack, email: string): Promise<string> {
  await stack.mailbox.waitFor(email);
  // Newest first; emails that only notify have none.
  const texts = stack.mailbox.messagesTo(email).map(({ text }) => text);
  const token = texts.map((text) => /token=([\w-]+)/.exec(text)?.[1]).find((found) => found !== undefined);
  if (token === undefined) throw new Error(`No token in the emails: ${texts.join()}`);
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

/** The secret of a new key, live unless `settings` say otherwise. */
export async function makeKey(
  api: Api,
  person: Person,
  settings: Record<string, unknown> = {},
): Promise<string> {
  return (await createKey(api, person, settings)).secret;
}
