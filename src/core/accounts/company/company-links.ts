import type { Clock, DbOrTx, Tx } from "../../platform";
import { blindIndex } from "../../platform/crypto/blind-index";

interface CompanyPerson {
  connectionId: string;
  subject: string;
}

/** Google Workspace as a company's provider: with its own claim for the company, and without a way to ask again who is there. */
export const isGoogle = (issuer: string) => issuer === "https://accounts.google.com";

/** Some providers use email addresses as ids, so a keyed fingerprint is stored. */
function accountIdOf({ connectionId, subject }: CompanyPerson): string {
  const person = Buffer.from(blindIndex(`company:${connectionId}:${subject}`)).toString("base64url");
  return `${connectionId}:${person}`;
}

/** The user whom the company's person is linked to. */
export async function findCompanyLink(db: DbOrTx, person: CompanyPerson): Promise<string | null> {
  const found = await db.linkedAccount.findUnique({
    where: {
      provider_providerAccountId: { provider: "company", providerAccountId: accountIdOf(person) },
    },
    select: { userId: true },
  });
  return found?.userId ?? null;
}

export async function linkToCompany(
  tx: Tx,
  { userId, ...person }: CompanyPerson & { userId: string },
  clock: Clock,
): Promise<void> {
  const providerAccountId = accountIdOf(person);
  await tx.linkedAccount.create({
    data: { provider: "company", providerAccountId, userId, createdAt: clock.now() },
  });
}

/** With a membership the company's word for the person ends; they are looked up by their address again. */
export async function unlinkFromCompany(
  tx: Tx,
  { userId, orgId }: { userId: string; orgId: string },
): Promise<void> {
  const connection = await tx.companyConnection.findUnique({ where: { orgId }, select: { id: true } });
  if (connection === null) return;
  await tx.linkedAccount.deleteMany({
    where: { userId, provider: "company", providerAccountId: { startsWith: `${connection.id}:` } },
  });
  await tx.session.updateMany({
    where: { userId, connectionId: connection.id },
    data: { connectionId: null },
  });
}
