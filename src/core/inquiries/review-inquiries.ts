import { listForReview, markHandled, type ReviewListInput, recordOperatorReads } from "../audit";
import { type Clock, type Db, systemClock } from "../platform";
import { decryptText } from "../privacy";
import { decryptContacts, inquirySubject, messageField, noSuchInquiry } from "./encrypted-fields";
import type { InquiryList, InquiryView } from "./schemas";

const targetOf = ({ id }: { id: string }) => ({ type: "inquiry", id }) as const;

/** Inquiries for the operators, newest first. @throws AppError `invalid_cursor`. */
export async function listInquiries(
  db: Db,
  query: { operatorId: string; input: ReviewListInput },
): Promise<InquiryList> {
  const { rows, next_cursor } = await listForReview(query, {
    name: "inquiries",
    action: "operator.inquiry_listed",
    find: (page) => db.enterpriseInquiry.findMany(page),
    targetOf,
  });
  return { data: await decryptContacts(db, rows), next_cursor };
}

/** One inquiry with its message; recorded in the audit log of the organization it came from. @throws AppError `not_found`. */
export async function readInquiry(
  db: Db,
  { id, operatorId }: { id: string; operatorId: string },
): Promise<InquiryView> {
  const row = await db.enterpriseInquiry.findUnique({ where: { id } });
  if (row === null) throw noSuchInquiry();
  await recordOperatorReads({ operatorId, action: "operator.inquiry_read" }, [
    { orgId: row.orgId, target: targetOf(row) },
  ]);
  const [summary] = await decryptContacts(db, [row]);
  if (summary === undefined) throw noSuchInquiry();
  return {
    ...summary,
    message: await decryptText(db, inquirySubject(id), messageField(id), row.messageCipher),
  };
}

/** Marks an inquiry as handled. A second call changes nothing. @throws AppError `not_found`. */
export async function handleInquiry(
  db: Db,
  key: { id: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<InquiryView> {
  await markHandled(
    db,
    key,
    {
      noun: "Inquiry",
      action: "operator.inquiry_handled",
      find: (tx) => tx.enterpriseInquiry.findUnique({ where: { id: key.id } }),
      update: (tx, change) => tx.enterpriseInquiry.updateMany(change),
      entryOf: ({ id }) => ({ target: targetOf({ id }) }),
    },
    clock,
  );
  return readInquiry(db, key);
}
