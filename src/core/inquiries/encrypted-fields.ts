import { AppError, type Db, toPublicId } from "../platform";
import { decryptTexts, type FieldRef, type Subject } from "../privacy";
import { contactSchema, type InquirySummary } from "./schemas";

export const inquirySubject = (id: string): Subject => ({ type: "inquiry", id });

const field = (column: string, rowId: string): FieldRef => ({ table: "enterprise_inquiries", column, rowId });
export const contactField = (id: string): FieldRef => field("contact_cipher", id);
export const messageField = (id: string): FieldRef => field("message_cipher", id);

export interface SealedInquiry {
  id: string;
  orgId: string | null;
  contactCipher: Uint8Array;
  createdAt: Date;
  handledAt: Date | null;
}

/** Decrypts who asked and when, with one read of data keys for all rows. */
export async function decryptContacts(
  db: Db,
  inquiries: readonly SealedInquiry[],
): Promise<InquirySummary[]> {
  const texts = await decryptTexts(
    db,
    inquiries.map(({ id, contactCipher: blob }) => ({
      subject: inquirySubject(id),
      field: contactField(id),
      blob,
    })),
  );
  return inquiries.map(({ id, orgId, createdAt, handledAt }, at) => ({
    id: toPublicId("inq", id),
    organization_id: orgId === null ? null : toPublicId("org", orgId),
    created_at: createdAt.toISOString(),
    handled_at: handledAt?.toISOString() ?? null,
    ...contactSchema.parse(JSON.parse(texts[at] ?? "")),
  }));
}

export function noSuchInquiry(): AppError {
  return new AppError("not_found", { public: "Inquiry not found.", param: "id" });
}
