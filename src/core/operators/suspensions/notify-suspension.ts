import { emailMember, emailOwners, emailUser } from "../../accounts";
import { credentialsIn } from "../../keys";
import { decryptOrgNames } from "../../orgs";
import { type Db, toPublicId } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { env } from "../../platform/env";
import type { Subject } from "./find-subject";
import {
  accountSuspendedEmail,
  keySuspendedEmail,
  memberSuspendedEmail,
  organizationSuspendedEmail,
} from "./suspension-emails";

/** What the emails say: why it was suspended; null where it was reinstated. */
interface News {
  reason: string | null;
}

/** Emails the people concerned, even if they turned such emails off. */
export function notifySuspension(db: Db, { of, id, orgId }: Subject, { reason }: News): void {
  const news = { reason, contact: env().SALES_EMAIL };
  afterResponse("email about a suspension", async () => {
    if (of === "account") {
      await emailUser(db, id, accountSuspendedEmail(news));
      await emailThoseWhoseKeysStop(db, id, news);
    } else if (of === "organization") {
      const organization = await nameOf(db, id);
      await emailOwners(db, { orgId: id }, organizationSuspendedEmail({ ...news, organization }));
    } else if (orgId !== null) {
      await emailAboutKey(db, { id, orgId }, news);
    }
  });
}

type Told = News & { contact: string };

/** Keys that a person created stop with their account; other owners of those organizations are told, but not why. */
async function emailThoseWhoseKeysStop(db: Db, userId: string, { reason, contact }: Told): Promise<void> {
  const keys = await db.apiKey.findMany({
    where: { createdBy: userId, revokedAt: null, organization: { deletedAt: null } },
    select: { orgId: true, prefix: true },
  });
  for (const orgId of new Set(keys.map((key) => key.orgId))) {
    const email = memberSuspendedEmail({
      organization: await nameOf(db, orgId),
      keys: credentialsIn(keys.filter((key) => key.orgId === orgId)),
      suspended: reason !== null,
      contact,
    });
    await emailOwners(db, { orgId, exceptUserId: userId }, email);
  }
}

async function emailAboutKey(
  db: Db,
  { id, orgId }: { id: string; orgId: string },
  news: Told,
): Promise<void> {
  const key = await db.apiKey.findUniqueOrThrow({
    where: { id, orgId },
    select: { prefix: true, lastFour: true, environment: true, createdBy: true },
  });
  const email = keySuspendedEmail({
    ...news,
    key: {
      id: toPublicId("key", id),
      prefix: key.prefix,
      last_four: key.lastFour,
      environment: key.environment,
    },
    organization: await nameOf(db, orgId),
  });
  const { createdBy } = key;
  await Promise.all([
    createdBy !== null && emailMember(db, { orgId, userId: createdBy }, email),
    emailOwners(db, { orgId, ...(createdBy !== null && { exceptUserId: createdBy }) }, email),
  ]);
}

async function nameOf(db: Db, orgId: string): Promise<string> {
  const org = await db.organization.findUniqueOrThrow({
    where: { id: orgId },
    select: { id: true, nameCipher: true },
  });
  return (await decryptOrgNames(db, [org]))[0] ?? "";
}
