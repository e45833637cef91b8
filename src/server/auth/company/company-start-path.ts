import { getCompanySignIn } from "@agathaai/core/company-sign-in";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";

/** Where the company's sign-in of the organization begins, for a page that sends there. */
export async function companyStartPath({ orgId }: UserPrincipal): Promise<string> {
  const { connection } = await getCompanySignIn(db(), { orgId });
  return connection === null ? "/sign-in" : new URL(connection.sign_in_url).pathname;
}
