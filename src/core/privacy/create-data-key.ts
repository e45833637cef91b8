import { randomFillSync } from "node:crypto";
import { type Clock, systemClock } from "../platform/clock";
import { keyService } from "../platform/crypto/key-service";
import type { DbOrTx } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { keyContext, type Subject, subjectName } from "./subject";

/**
 * Gives a subject its data key; call it in the transaction that makes the user or organisation. Two callers at once
 * end up with one key.
 * @throws AppError `conflict` when the subject's key was destroyed: what was erased is never given a second key.
 */
export async function createDataKey(tx: DbOrTx, subject: Subject, clock: Clock = systemClock): Promise<void> {
  const key = randomFillSync(new Uint8Array(32));
  const { wrapped, kekId } = await keyService().wrap(key, keyContext(subject));
  key.fill(0);
  const { count } = await tx.dataKey.createMany({
    data: {
      id: newId(),
      subjectType: subject.type,
      subjectId: subject.id,
      wrappedKey: wrapped,
      kekId,
      createdAt: clock.now(),
    },
    skipDuplicates: true,
  });
  if (count === 1) return;

  const existing = await tx.dataKey.findUnique({
    where: { subjectType_subjectId: { subjectType: subject.type, subjectId: subject.id } },
    select: { destroyedAt: true },
  });
  if (existing?.destroyedAt) {
    throw new AppError("conflict", {
      public: "This account has been erased.",
      internal: `the data key of ${subjectName(subject)} was destroyed and is not made again`,
    });
  }
}
