import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const secrets = z.object({ operatorPassword: z.string() });

/** The operator that the local start makes. */
export function operatorLogin(): { email: string; password: string } {
  const file = join(process.env.PORTAL_TEST_DATA_DIR ?? ".agatha", "secrets.json");
  const { operatorPassword: password } = secrets.parse(JSON.parse(readFileSync(file, "utf8")));
  return { email: "operator@agathaai.com", password };
}
