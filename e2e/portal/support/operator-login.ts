import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { z } from "zod";
import { signIn } from "./customer";
import { onDatabase } from "./database";

const secrets = z.object({ operatorPassword: z.string() });

/** The operator that the local start makes. */
export function operatorLogin(): { email: string; password: string } {
  const file = join(process.env.PORTAL_TEST_DATA_DIR ?? ".agatha", "secrets.json");
  const { operatorPassword: password } = secrets.parse(JSON.parse(readFileSync(file, "utf8")));
  return { email: "operator@agathaai.com", password };
}

const operatorIds = "SELECT id FROM users WHERE role = 'operator'";

/** Operators then sign in with their password alone again. */
export async function dropOperatorFactors(): Promise<void> {
  await onDatabase((client) => client.query(`DELETE FROM passkeys WHERE user_id IN (${operatorIds})`));
}

/** Signs the operator in, and gives them a second factor, without which they can only look. */
export async function signInAsOperator(page: Page): Promise<void> {
  await dropOperatorFactors();
  await signIn(page, operatorLogin());
  await onDatabase((client) =>
    client.query(`
      INSERT INTO passkeys (id, user_id, credential_id, public_key, name_cipher, transports, sign_count, synced, created_at)
      SELECT gen_random_uuid(), id, sha256(id::text::bytea), ''::bytea, ''::bytea, '{}'::text[], 0, false, now() FROM (${operatorIds}) AS operators`),
  );
  // The server may know the operator as of up to five seconds ago.
  await page.waitForTimeout(5_100);
}
