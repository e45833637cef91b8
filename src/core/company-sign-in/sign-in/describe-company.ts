import { AppError, type Db } from "../../platform";
import { findConnection } from "./start-sign-in";

export interface CompanyDescription {
  /** The host at which people sign in. */
  provider: string;
  /** The domain that the organization proved first. */
  domain: string;
}

/**
 * What a person is shown before a sign-in that a link began: proven or checked facts alone. Its organization's name is none:
 * anybody may call theirs as they like.
 * @throws AppError `not_found` where there is no such sign-in, or no domain for whose addresses it counts.
 */
export async function describeCompany(
  db: Db,
  { connectionId }: { connectionId: string },
): Promise<CompanyDescription> {
  const { orgId, ssoUrl, issuer } = await findConnection(db, connectionId);
  const proven = await db.organizationDomain.findFirst({
    where: { orgId, verifiedAt: { not: null } },
    orderBy: { verifiedAt: "asc" },
    select: { domain: true },
  });
  if (proven === null) {
    throw new AppError("not_found", { public: "This company has no verified domain." });
  }
  return { provider: new URL(ssoUrl ?? issuer).host, domain: proven.domain };
}
