import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { noSuchInquiry } from "./encrypted-fields";
import { readInquiry } from "./read-inquiry";
import type { InquiryView } from "./schemas";

/** Marks an inquiry as answered, once: a second time changes nothing. @throws AppError `not_found`. */
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
