import { type EmailVerifiedView, type VerifyEmailInput, verifyEmailAtPortal } from "@agathaai/core/accounts";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import type { Context } from "../trpc/context";
import { writePortalCookie } from "./portal-cookie";

/**
 * Verifies the email address from the portal's page. That ends all sessions, so the browser gets a cookie for a new one.
 * @throws AppError as `verifyEmailAtPortal`.
 */
export async function verifyEmailAndSignIn(
  ctx: Context,
  input: VerifyEmailInput,
): Promise<EmailVerifiedView> {
  const { ip, userAgent, principal } = ctx;
  const { view, session } = await verifyEmailAtPortal(ctx.db, {
    ...input,
    ip,
    userAgent,
    principal,
    revokeKeysAndInvitations,
  });
  if (session !== undefined) ctx.responseHeaders.append("set-cookie", await writePortalCookie(session));
  return view;
}
