import { writeOperatorReads } from "../audit";
import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import { fromPublicId, toPublicId } from "../platform/ids";
import type { InquiryList, ListInquiriesInput } from "./schemas";
import { openContacts } from "./sealed";

/** Inquiries, newest first; each that is shown is in the trail of the organization it came from. @throws AppError `invalid_cursor`. */
export async function listInquiries(
  db: Db,
  { operatorId, input: { open, cursor, limit } }: { operatorId: string; input: ListInquiriesInput },
): Promise<InquiryList> {
  const rows = await db.enterpriseInquiry.findMany({
    where: {
      ...(open && { handledAt: null }),
      ...(cursor !== undefined && { id: { lt: decodeCursor(cursor) } }),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  await writeOperatorReads(
    { operatorId, action: "operator.inquiry_listed" },
    page.map(({ id, orgId }) => ({ orgId, target: { type: "inquiry", id } })),
  );
  return {
    data: await openContacts(db, page),
    next_cursor: rows.length > limit && last !== undefined ? toPublicId("inq", last.id) : null,
  };
}

/** Ids carry their time: the last one seen is where the next page begins. */
function decodeCursor(cursor: string): string {
  try {
    return fromPublicId("inq", cursor);
  } catch (cause) {
    throw new AppError("invalid_cursor", {
      public: "This cursor is not one of ours. Take next_cursor from the page before.",
      param: "cursor",
      cause,
    });
  }
}
