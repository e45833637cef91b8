import { recordOperatorReads } from "../audit";
import type { Db } from "../platform/db/client";
import { readPage } from "../platform/list";
import { decryptContacts } from "./encrypted-fields";
import type { InquiryList, ListInquiriesInput } from "./schemas";

/** Inquiries, newest first; each that is shown is in the trail of the organization it came from. @throws AppError `invalid_cursor`. */
export async function listInquiries(
  db: Db,
  { operatorId, input: { open, ...query } }: { operatorId: string; input: ListInquiriesInput },
): Promise<InquiryList> {
  const identity = { list: "inquiries", owner: "operators", filter: { open } };
  const { rows, next_cursor } = await readPage(identity, query, ({ where, order, take }) =>
    db.enterpriseInquiry.findMany({
      where: { ...(open && { handledAt: null }), ...where },
      orderBy: { id: order },
      take,
    }),
  );
  await recordOperatorReads(
    { operatorId, action: "operator.inquiry_listed" },
    rows.map(({ id, orgId }) => ({ orgId, target: { type: "inquiry", id } })),
  );
  return { data: await decryptContacts(db, rows), next_cursor };
}
