import { hasFeature, planOf } from "../../orgs";
import { AppError, type Clock, DAY, type Db, systemClock } from "../../platform";
import { domainOf } from "../email/email-address";
import { getUserEmail } from "../users/user-fields";

interface OfSession {
  userId: string;
  orgId: string;
  sessionId: string;
}

/**
 * Whether an organization that enforces company sign-in refuses this session: it belongs to a member with an address of a
 * verified domain and was not signed in through the company. Guests of other domains have no account there. Owners with a
 * second factor come in all the same, so that a provider that is down or set up wrongly can be mended; one that was added
 * in the last day does not count, or else a stolen password would be enough.
 */
export async function isCompanyRequired(
  db: Db,
  { userId, orgId, sessionId }: OfSession,
  clock: Clock = systemClock,
): Promise<boolean> {
  const connection = await db.companyConnection.findUnique({
    where: { orgId, enforced: true },
    select: {
      id: true,
      organization: {
        select: {
          subscription: { select: { plan: true } },
          domains: { where: { verifiedAt: { not: null } }, select: { domain: true } },
          memberships: { where: { userId }, select: { role: true } },
        },
      },
    },
  });
  if (connection === null) return false;
  const { subscription, domains, memberships } = connection.organization;
  if (!hasFeature(planOf(subscription), "companySignIn")) return false;
  const session = await db.session.findUnique({ where: { id: sessionId }, select: { connectionId: true } });
  if (session?.connectionId === connection.id) return false;
  if (memberships[0]?.role === "owner" && (await hasOldFactor(db, userId, clock))) return false;
  const email = await getUserEmail(db, userId);
  return email !== undefined && domains.some(({ domain }) => domain === domainOf(email));
}

async function hasOldFactor(db: Db, userId: string, clock: Clock): Promise<boolean> {
  const before = { lte: new Date(clock.now().getTime() - DAY) };
  if ((await db.authenticator.count({ where: { userId, confirmedAt: before } })) > 0) return true;
  return (await db.passkey.count({ where: { userId, createdAt: before } })) > 0;
}

/** For what acts in another organization than the session's own. @throws AppError `company_sign_in_required`. */
export async function assertCompanySession(db: Db, of: OfSession): Promise<void> {
  if (await isCompanyRequired(db, of)) throw companyRequired();
}

export function companyRequired(): AppError {
  return new AppError("company_sign_in_required", {
    public:
      "This organization asks its members to sign in through their company. Do so in the portal. API keys keep working.",
  });
}
