import {
  type ConsentKind,
  legalDocumentIds,
  legalDocuments,
  versionInForce,
} from "../../shared/legal/documents";
import { actorOf, recordAuditIn } from "../audit";
import { AppError, type Clock, type Db, newId, systemClock, type UserPrincipal } from "../platform";
import { encryptText, type KeyedTx, transactWithKeys } from "../privacy";
import { consentIpField, ofPerson } from "./consent-fields";
import { listConsents } from "./list-consents";
import type { ChangeConsentsInput, ConsentMethod, ConsentsView } from "./schemas";

interface Given {
  userId: string;
  documents: readonly ConsentKind[];
  given: boolean;
  method: ConsentMethod;
  ip: string | null;
}

async function insert(
  tx: KeyedTx,
  { userId, documents, given, method, ip }: Given,
  clock: Clock,
): Promise<void> {
  for (const document of documents) {
    const createdAt = clock.now();
    const id = newId(createdAt);
    const version = versionInForce(document, createdAt);
    const ipCipher = ip === null ? null : await encryptText(tx, ofPerson(userId), consentIpField(id), ip);
    await tx.consent.create({ data: { id, userId, document, version, given, method, ipCipher, createdAt } });
  }
}

/** What somebody agrees to by signing up: the documents, and marketing only where they said so. */
export async function recordSignUp(
  tx: KeyedTx,
  { userId, ip, marketing }: { userId: string; ip: string | null; marketing: boolean },
  clock: Clock,
): Promise<void> {
  const documents = [...legalDocumentIds, ...(marketing ? (["marketing"] as const) : [])];
  await insert(tx, { userId, documents, given: true, method: "sign_up", ip }, clock);
}

/**
 * Agrees to documents in the version in force, or withdraws from marketing.
 * @throws AppError `conflict` for another version; `invalid_request` for withdrawing from a document that the account rests on.
 */
export async function changeConsents(
  db: Db,
  { principal, input, ip }: { principal: UserPrincipal; input: ChangeConsentsInput; ip: string | null },
  clock: Clock = systemClock,
): Promise<ConsentsView> {
  const { userId, orgId } = principal;
  const { documents, given } = input;
  for (const [index, { document, version }] of documents.entries()) {
    const param = `documents[${index}]`;
    if (!given && document !== "marketing")
      throw new AppError("invalid_request", {
        public: `The ${legalDocuments[document].title.toLowerCase()} cannot be withdrawn from. Erase your account instead.`,
        param,
      });
    if (given && version !== versionInForce(document, clock.now()))
      throw new AppError("conflict", {
        public: "A newer version is in force. Read it, and agree to that one.",
        param,
      });
  }
  const kinds = [...new Set(documents.map(({ document }) => document))];
  const method = kinds.includes("marketing") ? "settings" : "asked";
  await transactWithKeys(db, [ofPerson(userId)], async (tx) => {
    await insert(tx, { userId, documents: kinds, given, method, ip }, clock);
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "account.consent_changed",
      target: { type: "user", id: userId },
      details: { documents: kinds.join(", "), given },
    });
  });
  return await listConsents(db, { userId }, clock);
}
