import { type EmailVerifiedView, type VerifyEmailInput, verifyEmailAtPortal } from "@agathaai/core/accounts";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import type { Context } from "../trpc/context";
import { writePortalCookie } from "./portal-cookie";

/**
 * The click on a verification link's page. The session in which it is clicked ends with all others; the browser gets a
 * fresh one, whose id nobody has seen before. @throws AppError as `verifyEmailAtPortal`.
 */
export async function verifyEmailAndSignIn(
  ctx: Context,
  input: VerifyEmailInput,
): Promise<EmailVerifiedView> {
  const { ip, userAgent, principal } = ctx;
  const { view, opened } = await verifyEmailAtPortal(ctx.db, {
    ...input,
    ip,
    userAgent,
    principal,
    revokeKeysAndInvitations,
  });
  if (opened !== undefined) ctx.responseHeaders.append("set-cookie", await writePortalCookie(opened));
  return view;
}
