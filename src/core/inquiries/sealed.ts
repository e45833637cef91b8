import type { Db } from "../platform/db/client";
import { AppError } from "../platform/errors";
import { toPublicId } from "../platform/ids";
import { openTexts, type Place, type Subject } from "../privacy";
import { contactSchema, type InquirySummary } from "./schemas";

export const inquirySubject = (id: string): Subject => ({ type: "inquiry", id });

const place = (column: string, rowId: string): Place => ({ table: "enterprise_inquiries", column, rowId });
export const contactPlace = (id: string): Place => place("contact_cipher", id);
export const messagePlace = (id: string): Place => place("message_cipher", id);

export interface SealedInquiry {
  id: string;
  orgId: string | null;
  contactCipher: Uint8Array;
  createdAt: Date;
  handledAt: Date | null;
}

/** Who asked, and when; one read of keys for all. */
export async function openContacts(db: Db, inquiries: readonly SealedInquiry[]): Promise<InquirySummary[]> {
  const texts = await openTexts(
    db,
    inquiries.map(({ id, contactCipher: blob }) => ({
      subject: inquirySubject(id),
      place: contactPlace(id),
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
  return new AppError("not_found", { public: "There is no such inquiry.", param: "id" });
}
