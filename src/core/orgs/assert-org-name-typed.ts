import { AppError } from "../platform/errors";
import type { KeySource } from "../privacy";
import { readOrgName } from "./read-org";

/**
 * What cannot be taken back asks for the organization's name, typed: it tells a decision from a slip, and the
 * organization that is meant from the one that is open. Returns the name. @throws AppError `invalid_request`.
 */
export async function assertOrgNameTyped(
  db: KeySource,
  { orgId, typed }: { orgId: string; typed: string },
): Promise<string> {
  const name = await readOrgName(db, orgId);
  if (typed.trim() === name) return name;
  throw new AppError("invalid_request", {
    public: "This is not the organization’s name. Type it exactly as it is shown.",
    param: "organization_name",
  });
}
