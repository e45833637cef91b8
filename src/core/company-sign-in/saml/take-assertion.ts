import { z } from "zod";
import { orgSubject } from "../../orgs";
import { type Clock, type Db, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { decryptText, encryptText, type FieldRef } from "../../privacy";
import type { CompanyPerson } from "../sign-in/read-person";
import { unknownRequest } from "../sign-in/refusals";
import { findConnection } from "../sign-in/start-sign-in";
import { readAssertion } from "./read-assertion";
import { requestIdOf } from "./request-id";
import { samlProviderOf } from "./service-provider";

const personSchema = z.object({
  subject: z.string(),
  email: z.string(),
  name: z.string(),
  provenAt: z.iso.datetime().transform((text) => new Date(text)),
});

/**
 * Takes what an identity provider had the browser post. That is a request from another site, which brings no cookie of ours: the
 * checked result waits in the request's row, encrypted, for a request of our own that has it. A request is answered once, so an
 * assertion, which names its request, counts once, whichever process it is posted to.
 * @throws AppError `invalid_login`, `email_not_verified`, `not_found`.
 */
export async function takeAssertion(
  db: Db,
  { state, response }: { state: string; response: string },
  clock: Clock = systemClock,
): Promise<void> {
  const stateHash = sha256(state);
  const request = await db.companySignInRequest.findFirst({
    where: { stateHash, expiresAt: { gt: clock.now() }, personCipher: null },
  });
  if (request === null) throw unknownRequest();
  const connection = await findConnection(db, request.connectionId);
  const { createdAt: requestedAt } = request;
  const person = await readAssertion(
    {
      provider: samlProviderOf(connection),
      response,
      requestId: requestIdOf(state),
      requestedAt,
      provenSince: request.sessionId === null ? null : requestedAt,
    },
    clock,
  );
  const text = JSON.stringify({ ...person, hostedDomain: undefined });
  const personCipher = await encryptText(db, orgSubject(connection.orgId), personField(stateHash), text);
  const { count } = await db.companySignInRequest.updateMany({
    where: { stateHash, personCipher: null },
    data: { personCipher },
  });
  if (count === 0) throw unknownRequest();
}

/** Whom the provider named in answer to a request. @throws AppError `invalid_login` where it has not answered. */
export async function readTaken(
  db: Db,
  { orgId, state, personCipher }: { orgId: string; state: string; personCipher: Uint8Array | null },
): Promise<CompanyPerson> {
  if (personCipher === null) throw unknownRequest();
  const text = await decryptText(db, orgSubject(orgId), personField(sha256(state)), personCipher);
  return { ...personSchema.parse(JSON.parse(text)), hostedDomain: undefined };
}

const personField = (stateHash: Uint8Array): FieldRef => ({
  table: "company_sign_in_requests",
  column: "person_cipher",
  rowId: Buffer.from(stateHash).toString("hex"),
});
