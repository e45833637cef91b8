import { afterAll, beforeEach, vi } from "vitest";
import { makeUser, principalOf, signInToPortal } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { SessionClaims } from "../../accounts";
import { flushAudit } from "../../audit";
import type { KeyDisposition } from "../../keys";
import { type OrgRole, toPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { renderEmail } from "../../platform/mail";
import { sendEmail } from "../../platform/mail/send-email";
import {
  acceptInvitation,
  changeRole,
  changeRoleInputSchema,
  inviteMember,
  listMembers,
  removeMember,
  removeMemberInputSchema,
} from "..";

/** People who invite, join and leave. A test file that imports this keeps what would be emailed. */

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  await closeDb();
});
beforeEach(() => {
  vi.mocked(sendEmail).mockClear();
});

export interface Someone {
  email: string;
  claims: SessionClaims;
}

/** Registered, confirmed and signed in at the portal. */
export async function someone(name = "Ada"): Promise<Someone> {
  const user = await makeUser({ name, verified: true });
  return { email: user.email, claims: await signInToPortal(user) };
}

/** As the next call would see them: role and organization of this moment. */
export const now = ({ claims }: Someone) => principalOf(claims);

export async function emailedToken(to: string): Promise<string> {
  await drainAfterResponse();
  const email = vi.mocked(sendEmail).mock.calls.findLast(([sent]) => sent.to === to)?.[0];
  const text = email === undefined ? "" : (await renderEmail(email)).text;
  const token = /token=([\w-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error("no invitation was emailed");
  return token;
}

export async function join(host: Someone, guest: Someone, role: OrgRole): Promise<void> {
  await inviteMember(db(), { principal: await now(host), input: { email: guest.email, role } });
  await acceptInvitation(db(), { principal: await now(guest), token: await emailedToken(guest.email) });
}

export const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { code?: string }) => error.code ?? String(error),
  );
/** As they come in: with what stands for what was not said. */
export const change = async (by: Someone, whom: Someone, role: string, keys?: KeyDisposition) =>
  changeRole(db(), {
    principal: await now(by),
    input: changeRoleInputSchema.parse({ user_id: idOf(whom), role, keys }),
  });
export const remove = async (by: Someone, whom: Someone, keys?: "end" | "keep") =>
  removeMember(db(), {
    principal: await now(by),
    input: removeMemberInputSchema.parse({ user_id: idOf(whom), keys }),
  });
const idOf = ({ claims }: Someone) => toPublicId("usr", claims.userId);
export const rolesIn = async (host: Someone) =>
  Object.fromEntries(
    (await listMembers(db(), await now(host))).members.map(({ email, role }) => [email, role]),
  );
