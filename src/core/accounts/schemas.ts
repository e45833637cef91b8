import { z } from "zod";
import { orgViewSchema } from "../orgs";
import { lineOfText } from "../platform/line-of-text";
import { emailSchema } from "./email";

/**
 * A password as typed. Its length and strength are judged in one place, `assertStrongPassword`, which answers
 * `weak_password`; the bound here only keeps nonsense away from the hash.
 */
const newPassword = z
  .string()
  .max(1_024, "must be at most 128 characters")
  .meta({ description: "12 to 128 characters, and not a common or breached password.", minLength: 12 });
const typedPassword = z.string().max(1_024, "must be at most 1,024 characters");

/** A secret of ours that comes back to us; anything longer was never one. */
const opaqueToken = z.string().min(1, "must not be empty").max(512, "is not a token of ours");

export const registerInputSchema = z.strictObject({
  email: emailSchema,
  password: newPassword,
  name: lineOfText({ max: 120 }),
});
export const loginInputSchema = z.strictObject({ email: emailSchema, password: typedPassword });
export const refreshInputSchema = z.strictObject({ refresh_token: opaqueToken });
export const logoutInputSchema = z.strictObject({ refresh_token: opaqueToken });
export const verifyEmailInputSchema = z.strictObject({ token: opaqueToken });
export const requestPasswordResetInputSchema = z.strictObject({ email: emailSchema });
export const resetPasswordInputSchema = z.strictObject({ token: opaqueToken, password: newPassword });
export const changePasswordInputSchema = z.strictObject({
  current_password: typedPassword,
  new_password: newPassword,
});

export const userViewSchema = z.object({
  id: z.string().meta({ example: "usr_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  email: z.string(),
  name: z.string(),
  email_verified: z.boolean(),
  role: z.enum(["user", "operator"]),
  created_at: z.iso.datetime(),
});

/** Who is signed in and where: what the portal shows in its corner. */
export const meViewSchema = z.object({ user: userViewSchema, organization: orgViewSchema });

/** The answer to register, login and refresh. */
export const signedInViewSchema = meViewSchema.extend({
  access_token: z.string().meta({ description: "RS256 JWT, to be sent as `Authorization: Bearer …`." }),
  refresh_token: z.string().meta({ description: "Works once; the answer holds its successor." }),
  token_type: z.literal("Bearer"),
  expires_in: z.int().meta({ description: "Seconds until the access token expires." }),
});

export const loggedOutViewSchema = z.object({ signed_out: z.literal(true) });
export const emailVerifiedViewSchema = z.object({ email_verified: z.literal(true) });
/** `already_verified` needs no mail; `sent` means that one is on its way. */
export const verificationSentViewSchema = z.object({ status: z.enum(["sent", "already_verified"]) });
/** The same for every address, known or not. */
export const resetRequestedViewSchema = z.object({ requested: z.literal(true) });
export const passwordChangedViewSchema = z.object({ password_changed: z.literal(true) });

export type RegisterInput = z.output<typeof registerInputSchema>;
export type LoginInput = z.output<typeof loginInputSchema>;
export type RefreshInput = z.output<typeof refreshInputSchema>;
export type LogoutInput = z.output<typeof logoutInputSchema>;
export type VerifyEmailInput = z.output<typeof verifyEmailInputSchema>;
export type RequestPasswordResetInput = z.output<typeof requestPasswordResetInputSchema>;
export type ResetPasswordInput = z.output<typeof resetPasswordInputSchema>;
export type ChangePasswordInput = z.output<typeof changePasswordInputSchema>;
export type UserView = z.output<typeof userViewSchema>;
export type MeView = z.output<typeof meViewSchema>;
export type SignedInView = z.output<typeof signedInViewSchema>;

/** Where a call comes from. `ip` is null when there is no network peer (a script, a job). */
export interface CallerContext {
  ip: string | null;
  userAgent?: string | null | undefined;
}
