import { recordAuditIn, recordOperatorReads } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { readPage } from "../platform/list";
import { decryptText } from "../privacy";
import { decryptContacts, inquirySubject, messageField, noSuchInquiry } from "./encrypted-fields";
import type { InquiryList, InquiryView, ListInquiriesInput } from "./schemas";

/**
 * Inquiries for the operators, newest first. Each one shown is recorded in the audit log of the organization it came
 * from.
 * @throws AppError `invalid_cursor`.
 */
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

/**
 * One inquiry with its message; recorded in the audit log of the organization it came from.
 * @throws AppError `not_found`.
 */
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

/**
 * Marks an inquiry as handled. A second call changes nothing.
 * @throws AppError `not_found`.
 */
export async function handleInquiry(
  db: Db,
  { id, operatorId }: { id: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<InquiryView> {
  await db.$transaction(async (tx) => {
    const row = await tx.enterpriseInquiry.findUnique({ where: { id }, select: { orgId: true } });
    if (row === null) throw noSuchInquiry();
    const { count } = await tx.enterpriseInquiry.updateMany({
      where: { id, handledAt: null },
      data: { handledAt: clock.now(), handledBy: operatorId },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId: row.orgId,
      actor: { type: "operator", id: operatorId },
      action: "operator.inquiry_handled",
      target: { type: "inquiry", id },
    });
  });
  return readInquiry(db, { id, operatorId });
}
