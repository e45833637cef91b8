import { type CompanyDescription, describeCompany } from "@agathaai/core/company-sign-in";
import { AppError, fromPublicId, toPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";

/** The page that asks before a sign-in that another site's page, an email or a bookmark began. */
export function confirmPath({ connectionId, next }: { connectionId: string; next: string }): string {
  const query = new URLSearchParams({ connection: toPublicId("con", connectionId), next });
  return `/sign-in/company?${query.toString()}`;
}

/** What that page says; null where the link leads to no sign-in that works. */
export async function companyToConfirm(connection: string | undefined): Promise<CompanyDescription | null> {
  try {
    return await describeCompany(db(), { connectionId: fromPublicId("con", connection ?? "") });
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "invalid_id")) return null;
    throw error;
  }
}
