import { z } from "zod";
import { orgViewSchema } from "../orgs";
import { publicId, scopes } from "../platform";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";
import { lineOfText } from "../platform/schemas/line-of-text";
import { emailSchema } from "./email/email-address";
import { secondFactorCode } from "./second-factor/schemas";

/** A password as typed. `assertStrongPassword` checks length and strength; the limit here only protects the hash. */
const newPassword = z
  .string()
  .max(1_024, "must be at most 128 characters")
  .meta({ description: "12 to 128 characters, and not a common or breached password.", minLength: 12 });
const typedPassword = z.string().max(1_024, "must be at most 1,024 characters");

/** A token that we issued; a longer text cannot be one. */
const opaqueToken = z.string().min(1, "must not be empty").max(512, "is not one of our tokens");

export const registerInputSchema = z.strictObject({
  email: emailSchema,
  password: newPassword,
  name: lineOfText({ max: 120 }),
  marketing: z
    .boolean()
    .optional()
    .meta({ description: "Whether the person agrees to marketing emails. They can withdraw at any time." }),
  proof: z.string().max(2_048, "is no solution of a challenge").optional().meta({
    description:
      "The solution of a challenge of `GET /api/v1/auth/challenge`, as ALTCHA encodes it: base64 of JSON. Needed where that says `required`.",
  }),
});
/** What ALTCHA's clients read, and whether a solution is needed. */
export const proofChallengeViewSchema = z.object({
  required: z.boolean().meta({ description: "Whether signing up takes a solution." }),
  algorithm: z.literal("SHA-256"),
  challenge: z
    .string()
    .meta({ description: "SHA-256, in hex, of the salt followed by the digits of a number." }),
  maxnumber: z.int().meta({ description: "The number is below this." }),
  salt: z.string(),
  signature: z.string(),
});
export const loginInputSchema = z.strictObject({
  email: emailSchema,
  password: typedPassword,
  totp: secondFactorCode.optional(),
});
export const refreshInputSchema = z.strictObject({ refresh_token: opaqueToken });
export const logoutInputSchema = z.strictObject({ refresh_token: opaqueToken });
export const verifyEmailInputSchema = z.strictObject({
  token: opaqueToken,
  password: newPassword.optional().meta({
    description:
      "The account's password from now on: the current one or a new one. If omitted, the password is kept when the call comes from the network and device that registered, and removed otherwise.",
  }),
});
export const verificationInputSchema = z.strictObject({ token: opaqueToken });
export const requestPasswordResetInputSchema = z.strictObject({ email: emailSchema });
export const resetPasswordInputSchema = z.strictObject({ token: opaqueToken, password: newPassword });
export const changePasswordInputSchema = z.strictObject({
  current_password: typedPassword,
  new_password: newPassword,
});

export const updateProfileInputSchema = z.strictObject({ name: lineOfText({ max: 120 }) });
export const listSessionsInputSchema = z.strictObject(listFields(20));
export const sessionIdInputSchema = z.strictObject({ id: publicId("ses") });

export const userViewSchema = z.object({
  id: z.string().meta({ example: "usr_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  email: z.string(),
  name: z.string(),
  email_verified: z.boolean(),
  role: z.enum(["user", "operator"]),
  created_at: z.iso.datetime(),
});

/** The signed-in user and their organization. */
export const meViewSchema = z.object({
  user: userViewSchema,
  organization: orgViewSchema,
  scopes: z
    .array(z.enum(scopes))
    .meta({ description: "What the person's role in this organization allows." }),
});

/** The response to register, login and refresh. */
export const signedInViewSchema = meViewSchema.extend({
  access_token: z.string().meta({ description: "An RS256 JWT. Send it as `Authorization: Bearer …`." }),
  refresh_token: z.string().meta({
    description:
      "Works once; each refresh returns a new one. If that response was lost, the same client may send the same token again within 30 seconds and gets the same new one.",
  }),
  token_type: z.literal("Bearer"),
  expires_in: z.int().meta({ description: "Seconds until the access token expires." }),
});

/** The portal signs in next, by its own cookie. */
export const signedUpViewSchema = z.object({ signed_up: z.literal(true) });
export const loggedOutViewSchema = z.object({ signed_out: z.literal(true) });
export const emailVerifiedViewSchema = z.object({
  email_verified: z.literal(true),
  password: z.enum(["changed", "removed"]).optional().meta({
    description: "Present if the password has changed. After `removed`, set a new one with a password reset.",
  }),
});
/** What a verification link would verify, before its button is clicked. */
export const verificationViewSchema = z.object({ email: z.string(), needs_password: z.boolean() });
export const verificationSentViewSchema = z.object({ status: z.enum(["sent", "already_verified"]) });
/** The same for known and unknown email addresses. */
export const resetRequestedViewSchema = z.object({ requested: z.literal(true) });
export const passwordChangedViewSchema = z.object({ password_changed: z.literal(true) });

/** `portal` is a browser at the portal, `api` a program with tokens. */
export const sessionViewSchema = z.object({
  id: z.string().meta({ example: "ses_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  kind: z.enum(["portal", "api"]),
  device: z
    .string()
    .meta({ description: "The browser or program, as it named itself.", example: "Firefox on Windows" }),
  ip: z.string().nullable().meta({ description: "The IP address of the sign-in. Only you see it." }),
  current: z.boolean().meta({ description: "Whether this call was made with this session." }),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime().meta({ description: "Accurate to within an hour." }),
  ends_at: z.iso.datetime().meta({
    description: "When it ends at the latest. Unused, it ends 30 days after its last use.",
  }),
});
export const sessionListViewSchema = listSchema(sessionViewSchema);
export const revokedSessionViewSchema = deletedSchema("session").extend({
  revoked: z.literal(true).meta({ deprecated: true, description: "The old name of `deleted`." }),
});
export const revokedSessionsViewSchema = z.object({
  revoked: z.int().meta({ description: "How many sessions were ended." }),
});
const providerSchema = z.enum(["google", "github"]);
export const isProvider = (text: string): text is z.output<typeof providerSchema> =>
  providerSchema.safeParse(text).success;
export const signInMethodsViewSchema = z.object({
  password: z.boolean(),
  providers: z.array(providerSchema),
  second_factor: z.boolean(),
  /** Whether this session was signed in through a company, which can ask again who is there. */
  company: z.boolean(),
  passkeys: z.int(),
});

export type ProofChallengeView = z.output<typeof proofChallengeViewSchema>;
export type RegisterInput = z.output<typeof registerInputSchema>;
export type LoginInput = z.output<typeof loginInputSchema>;
export type RefreshInput = z.output<typeof refreshInputSchema>;
export type LogoutInput = z.output<typeof logoutInputSchema>;
export type VerifyEmailInput = z.output<typeof verifyEmailInputSchema>;
export type RequestPasswordResetInput = z.output<typeof requestPasswordResetInputSchema>;
export type ResetPasswordInput = z.output<typeof resetPasswordInputSchema>;
export type ChangePasswordInput = z.output<typeof changePasswordInputSchema>;
export type UpdateProfileInput = z.output<typeof updateProfileInputSchema>;
export type ListSessionsInput = ListQuery;
export type SessionListView = z.output<typeof sessionListViewSchema>;
export type RevokedSessionView = z.output<typeof revokedSessionViewSchema>;
export type RevokedSessionsView = z.output<typeof revokedSessionsViewSchema>;
export type SignInMethodsView = z.output<typeof signInMethodsViewSchema>;
export type PasswordOutcome = "kept" | "changed" | "removed";
export type EmailVerifiedView = z.output<typeof emailVerifiedViewSchema>;
export type VerificationView = z.output<typeof verificationViewSchema>;
export type UserView = z.output<typeof userViewSchema>;
export type MeView = z.output<typeof meViewSchema>;
export type SignedInView = z.output<typeof signedInViewSchema>;

/** Where a call comes from. `ip` is null without a network peer (a script, a job). */
export interface CallerContext {
  ip: string | null;
  userAgent?: string | null | undefined;
  /** The secret of a browser's own cookie, by which the portal knows it again on another network. */
  browser?: string | undefined;
}
