import {
  type LegalDocument,
  type LegalVersions,
  legalDocumentIds,
  legalVersions,
  versionInForce,
} from "../../shared/legal/documents";
import { type Clock, type Db, systemClock, toPublicId } from "../platform";
import { decryptTexts } from "../privacy";
import { consentIpField, ofPerson } from "./consent-fields";
import { type ConsentsView, consentsViewSchema } from "./schemas";

/** A person agrees seldom: this is more than a lifetime of it. */
const MOST = 200;

export interface MissingConsent {
  document: LegalDocument;
  version: string;
}

/** The documents in force that the person has not agreed to in their present version. */
export async function missingConsents(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
  versions: LegalVersions = legalVersions,
): Promise<MissingConsent[]> {
  const now = clock.now();
  const inForce = legalDocumentIds.map((document) => ({
    document,
    version: versionInForce(document, now, versions),
  }));
  const rows = await db.consent.findMany({
    where: { userId, given: true, OR: inForce },
    select: { document: true, version: true },
  });
  return inForce.filter(
    ({ document, version }) => !rows.some((row) => row.document === document && row.version === version),
  );
}

/** Everything the person agreed to or withdrew, newest first. */
export async function listConsents(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
): Promise<ConsentsView> {
  const rows = await db.consent.findMany({ where: { userId }, orderBy: { id: "desc" }, take: MOST });
  const known = rows.flatMap(({ id, ipCipher }) => (ipCipher === null ? [] : [{ id, blob: ipCipher }]));
  const texts = await decryptTexts(
    db,
    known.map(({ id, blob }) => ({ subject: ofPerson(userId), field: consentIpField(id), blob })),
  );
  const ips = new Map(known.map(({ id }, index) => [id, texts[index] ?? null]));
  return consentsViewSchema.parse({
    missing: await missingConsents(db, { userId }, clock),
    marketing: rows.find(({ document }) => document === "marketing")?.given ?? false,
    data: rows.map(({ id, document, version, given, method, createdAt }) => ({
      id: toPublicId("cst", id),
      document,
      version,
      given,
      method,
      ip_address: ips.get(id) ?? null,
      created_at: createdAt.toISOString(),
    })),
  });
}
