import { isHeld } from "../../legal-holds";
import { AppError, type Clock, DAY, type Db, newId, type Tx } from "../../platform";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { certificateSchema } from "./certificate";
import { COMPLETE_WITHIN_DAYS, type ErasureView } from "./schemas";

export interface ErasedSubject {
  type: "user" | "org";
  id: string;
}

/** Records that a subject is to be erased. What follows is repeated until it is done, whatever fails. Returns the receipt. */
export async function insertErasure(
  tx: Tx,
  {
    subject,
    dueAt,
    personalOf,
  }: {
    subject: ErasedSubject;
    dueAt: Date;
    /** Whose personal organization it is, where they are erased with it. */
    personalOf?: string;
  },
  clock: Clock,
): Promise<string> {
  const now = clock.now();
  const receipt = randomToken();
  await tx.erasure.create({
    data: {
      id: newId(now),
      subjectType: subject.type,
      subjectId: subject.id,
      receiptHash: sha256(receipt),
      requestedAt: now,
      dueAt,
      ...(personalOf !== undefined && { personalOf }),
    },
  });
  return receipt;
}

/** For whoever has its receipt: a person who was erased has no session any more. @throws AppError `not_found`. */
export async function getErasure(db: Db, { receipt }: { receipt: string }): Promise<ErasureView> {
  const row = await db.erasure.findUnique({ where: { receiptHash: sha256(receipt) } });
  if (row !== null) {
    const subject = {
      type: row.subjectType === "org" ? ("org" as const) : ("user" as const),
      id: row.subjectId,
    };
    return viewErasure(row, { held: row.erasedAt === null && (await isHeld(db, subject)) });
  }
  throw new AppError("not_found", {
    public: "Erasure not found. Use the receipt in full, as it was returned or emailed.",
    param: "receipt",
  });
}

interface ErasureRow {
  subjectType: string;
  requestedAt: Date;
  dueAt: Date;
  erasedAt: Date | null;
  completedAt: Date | null;
  certificate: unknown;
}

export function viewErasure(row: ErasureRow, { held }: { held: boolean }): ErasureView {
  const done = row.completedAt !== null;
  return {
    object: "erasure",
    subject: row.subjectType === "org" ? "organization" : "person",
    status: done ? "complete" : held ? "on_hold" : "in_progress",
    requested_at: row.requestedAt.toISOString(),
    erased_at: row.erasedAt?.toISOString() ?? null,
    due_by: new Date(row.dueAt.getTime() + COMPLETE_WITHIN_DAYS * DAY).toISOString(),
    completed_at: row.completedAt?.toISOString() ?? null,
    certificate: done ? certificateSchema.parse(row.certificate) : null,
  };
}
