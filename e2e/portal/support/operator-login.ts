import type { Browser, Page } from "@playwright/test";
import { fromPublicId } from "../../../src/core/platform";
import { type Customer, makeVerifiedCustomer, signIn } from "./customer";
import { onDatabase } from "./database";

const owner = "SELECT user_id FROM memberships WHERE org_id = $1";

/** Somebody of ours, without a second factor. Each spec has its own, so that none changes another's. */
export async function makeOperator(page: Page): Promise<Customer> {
  const person = await makeVerifiedCustomer(page.request);
  await onDatabase((client) =>
    client.query(`UPDATE users SET role = 'operator' WHERE id = (${owner})`, [
      fromPublicId("org", person.orgId),
    ]),
  );
  return person;
}

/** Signs an operator in, and gives them a second factor, without which the console stays closed. */
export async function signInAsOperator(page: Page): Promise<void> {
  const person = await makeOperator(page);
  await signIn(page, person);
  await onDatabase((client) =>
    client.query(
      `INSERT INTO passkeys (id, user_id, credential_id, public_key, name_cipher, transports, sign_count, synced, created_at)
      SELECT gen_random_uuid(), user_id, sha256(user_id::text::bytea), ''::bytea, ''::bytea, '{}'::text[], 0, false, now()
      FROM (${owner}) AS operator`,
      [fromPublicId("org", person.orgId)],
    ),
  );
  // The server may know the operator as of up to five seconds ago.
  await page.waitForTimeout(5_100);
  await page.reload();
}

/** An operator's page beside the customer's. */
export async function openAsOperator(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInAsOperator(page);
  return page;
}
