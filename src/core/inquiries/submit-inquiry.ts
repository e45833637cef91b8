import { emailIndex, mayEmailInquirer, throttleInquiry } from "../accounts";
import { type Clock, type Db, newId, type Principal, systemClock, toPublicId } from "../platform";
import { afterResponse } from "../platform/concurrency/after-response";
import { env } from "../platform/env";
import { sendEmail } from "../platform/mail/send-email";
import {
  encryptTexts,
  insertDataKey,
  type KeyedTx,
  type NewDataKey,
  prepareDataKey,
  transactWithKeys,
} from "../privacy";
import { contactField, inquirySubject, messageField } from "./encrypted-fields";
import { inquiryReceivedEmail, newInquiryEmail } from "./inquiry-emails";
import type { SubmitInquiryInput } from "./schemas";

interface Caller {
  ip: string | null;
  /** The signed-in caller, which tells the organization without guessing from a name. */
  principal: Principal | null;
}

/**
 * Accepts an inquiry about an Enterprise plan. Its content is encrypted under a data key of its own, so that it can be
 * erased alone; the email to our team contains none of it. A submission with the honeypot filled in is dropped, and
 * answered like any other.
 * @throws AppError `too_many_attempts`.
 */
export async function submitInquiry(
  db: Db,
  { input, ip, principal }: Caller & { input: SubmitInquiryInput },
  clock: Clock = systemClock,
): Promise<{ received: true }> {
  await throttleInquiry(db, { ip }, clock);
  if (input.website) return { received: true };
  const id = newId(clock.now());
  const key = await prepareDataKey(inquirySubject(id));
  await transactWithKeys(db, [], (tx) => insertInquiry(tx, { id, key, input, principal }, clock));
  afterResponse("inquiry email", () =>
    sendEmail({ to: env().SALES_EMAIL, ...newInquiryEmail(toPublicId("inq", id)) }),
  );
  afterResponse("inquiry confirmation", async () => {
    if (await mayEmailInquirer(db, { emailIndex: emailIndex(input.email) })) {
      await sendEmail({ to: input.email, ...inquiryReceivedEmail() });
    }
  });
  return { received: true };
}

async function insertInquiry(
  tx: KeyedTx,
  {
    id,
    key,
    input,
    principal,
  }: { id: string; key: NewDataKey; input: SubmitInquiryInput; principal: Principal | null },
  clock: Clock,
): Promise<void> {
  const subject = inquirySubject(id);
  const { message, website: _, ...contact } = input;
  await insertDataKey(tx, key, clock);
  const [contactCipher, messageCipher] = await encryptTexts(tx, [
    { subject, field: contactField(id), text: JSON.stringify(contact) },
    { subject, field: messageField(id), text: message },
  ]);
  if (contactCipher === undefined || messageCipher === undefined)
    throw new Error("two texts were not encrypted");
  const { orgId = null, userId = null } = principal ?? {};
  await tx.enterpriseInquiry.create({
    data: { id, orgId, userId, contactCipher, messageCipher, createdAt: clock.now() },
  });
}
