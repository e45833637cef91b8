import { AppError, type Clock, type DbOrTx, type Tx } from "../../platform";
import { blindIndexes } from "../../platform/crypto/blind-index/blind-index";
import { lockIndexes } from "../../platform/crypto/blind-index/lock-indexes";

interface CompanyPerson {
  connectionId: string;
  subject: string;
}

/** Google Workspace as a company's provider: with its own claim for the company, and without a way to ask again who is there. */
export const isGoogle = (issuer: string) => issuer === "https://accounts.google.com";

const indexesOf = ({ connectionId, subject }: CompanyPerson) =>
  blindIndexes("company", `${connectionId}:${subject}`);

/** Some providers use email addresses as ids, so a blind index is stored. The first is of the current key. */
function accountIdsOf(person: CompanyPerson): string[] {
  return indexesOf(person).map(
    (index) => `${person.connectionId}:${Buffer.from(index).toString("base64url")}`,
  );
}

/**
 * The user whom the company's person is linked to. The provider's id is stored nowhere, so a link under an earlier key is
 * indexed anew here, when the person comes.
 */
export async function findCompanyLink(db: DbOrTx, person: CompanyPerson): Promise<string | null> {
  const [current = "", ...earlier] = accountIdsOf(person);
  const found = await db.linkedAccount.findFirst({
    where: { provider: "company", providerAccountId: { in: [current, ...earlier] } },
    select: { userId: true, providerAccountId: true },
  });
  if (found !== null && found.providerAccountId !== current) {
    await db.linkedAccount.updateMany({
      where: { provider: "company", providerAccountId: found.providerAccountId },
      data: { providerAccountId: current },
    });
  }
  return found?.userId ?? null;
}

/** @throws AppError `conflict` where the person was linked meanwhile. */
export async function linkToCompany(
  tx: Tx,
  { userId, ...person }: CompanyPerson & { userId: string },
  clock: Clock,
): Promise<void> {
  const [providerAccountId = "", ...earlier] = accountIdsOf(person);
  if (await lockIndexes(tx, indexesOf(person))) {
    const linked = await tx.linkedAccount.count({
      where: { provider: "company", providerAccountId: { in: [providerAccountId, ...earlier] } },
    });
    if (linked > 0) throw new AppError("conflict", { public: "This account is linked already. Try again." });
  }
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
