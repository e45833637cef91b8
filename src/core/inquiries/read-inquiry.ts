import { writeOperatorReads } from "../audit";
import type { Db } from "../platform/db/client";
import { openText } from "../privacy";
import type { InquiryView } from "./schemas";
import { inquirySubject, messagePlace, noSuchInquiry, openContacts } from "./sealed";

/** One inquiry with all it says, and a line in the trail of the organization it came from. @throws AppError `not_found`. */
export async function readInquiry(
  db: Db,
  { id, operatorId }: { id: string; operatorId: string },
): Promise<InquiryView> {
  const row = await db.enterpriseInquiry.findUnique({ where: { id } });
  if (row === null) throw noSuchInquiry();
  await writeOperatorReads({ operatorId, action: "operator.inquiry_read" }, [
    { orgId: row.orgId, target: { type: "inquiry", id } },
  ]);
  const [summary] = await openContacts(db, [row]);
  if (summary === undefined) throw noSuchInquiry();
  return {
    ...summary,
    message: await openText(db, inquirySubject(id), messagePlace(id), row.messageCipher),
  };
}
