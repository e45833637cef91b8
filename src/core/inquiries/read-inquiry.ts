import { recordOperatorReads } from "../audit";
import type { Db } from "../platform/db/client";
import { decryptText } from "../privacy";
import { decryptContacts, inquirySubject, messageField, noSuchInquiry } from "./encrypted-fields";
import type { InquiryView } from "./schemas";

/** One inquiry with all it says, and a line in the trail of the organization it came from. @throws AppError `not_found`. */
export async function readInquiry(
  db: Db,
  { id, operatorId }: { id: string; operatorId: string },
): Promise<InquiryView> {
  const row = await db.enterpriseInquiry.findUnique({ where: { id } });
  if (row === null) throw noSuchInquiry();
  await recordOperatorReads({ operatorId, action: "operator.inquiry_read" }, [
    { orgId: row.orgId, target: { type: "inquiry", id } },
  ]);
  const [summary] = await decryptContacts(db, [row]);
  if (summary === undefined) throw noSuchInquiry();
  return {
    ...summary,
    message: await decryptText(db, inquirySubject(id), messageField(id), row.messageCipher),
  };
}
